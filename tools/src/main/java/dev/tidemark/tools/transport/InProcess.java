package dev.tidemark.tools.transport;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Hands over without a network. */
final class InProcess implements Transport {
  private final Map<Pair, Exchange> exchanges = new ConcurrentHashMap<>();

  @Override
  public long pull(Tidemark from, Tidemark to) {
    return exchange(from, to).pull();
  }

  @Override
  public long pullUntil(Tidemark from, Tidemark to, long ownSequence) {
    return exchange(from, to).pullUntil(ownSequence);
  }

  private Exchange exchange(Tidemark from, Tidemark to) {
    return exchanges.computeIfAbsent(
        new Pair(from, to), pair -> new Exchange(pair.from(), pair.to()));
  }

  @Override
  public long receivedBytes(Tidemark to) {
    return 0;
  }

  @Override
  public void leave(Tidemark store) {
    exchanges
        .entrySet()
        .removeIf(
            entry -> {
              boolean touched = entry.getKey().touches(store);
              if (touched) {
                entry.getValue().close();
              }
              return touched;
            });
  }

  @Override
  public void close() {
    exchanges.values().forEach(Exchange::close);
    exchanges.clear();
  }
}
