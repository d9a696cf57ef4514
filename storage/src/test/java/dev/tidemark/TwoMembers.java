package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A store that held all keys and one that has come to share them: each step of what they do for the
 * ring can be taken again, whatever a crash has left of it.
 */
record TwoMembers(Tidemark founder, Tidemark joiner) implements AutoCloseable {
  static final Schema SCHEMA = Schema.empty().and("s/", Strategy.OR_SET);
  static final List<String> KEYS = IntStream.range(0, 20).mapToObj(i -> "s/" + i).toList();
  private static final int MOST_ROUNDS = 20;

  /** Opens both in directories of their own inside one. */
  static TwoMembers open(Path parent, ObservedFiles disk) {
    return new TwoMembers(
        open(founder(parent), 1, Interest.ALL, disk), open(joiner(parent), 2, Interest.NONE, disk));
  }

  static Path founder(Path parent) {
    return parent.resolve("founder");
  }

  static Path joiner(Path parent) {
    return parent.resolve("joiner");
  }

  private static Tidemark open(Path directory, int replica, Interest interest, ObservedFiles disk) {
    Options options = options().withReplicaId(replica).withInterest(interest);
    return Tidemark.open(directory, SCHEMA, options.withRingMember("n" + replica), disk);
  }

  /** Those of a store of which the ring is not told. */
  static Options options() {
    return QuietOptions.defaults().withCacheBytes(2 << 20);
  }

  /** Adds to every key, where that is taken. */
  void add(String element, Durability durability) {
    for (String key : KEYS) {
      Tidemark owner = takes(founder, key) ? founder : joiner;
      owner.commit(durability, batch -> batch.key(key).update(new Update.Add(Bytes.utf8(element))));
    }
  }

  private static boolean takes(Tidemark store, String key) {
    try {
      store.core().cluster().requireWritable(Bytes.utf8(key));
      return true;
    } catch (OutsideInterestException elsewhere) {
      return false;
    }
  }

  /** Announces the ring of both, as far as that is not done. */
  void announce() {
    var report = founder.ring().report();
    if (report.ring() == null) {
      founder.ring().announce(8, 1, List.of("n1"));
      founder.ring().advance();
      report = founder.ring().report();
    }
    if (report.ring() != null && !report.ring().members().contains("n2")) {
      founder.ring().join("n2");
    }
  }

  /** One step of the hand-over; whether all is handed over, and nobody holds more than its own. */
  boolean step() {
    exchange();
    founder.ring().advance();
    joiner.ring().advance();
    return isDone(founder) && isDone(joiner);
  }

  /** Each gets what the other has told, and the keys that it is to hold. */
  void exchange() {
    pull(founder, joiner);
    pull(joiner, founder);
    give(founder, joiner);
    give(joiner, founder);
  }

  private static boolean isDone(Tidemark store) {
    var report = store.ring().report();
    return report.isSettled() && report.held().equals(report.share()) && report.id().epoch() > 1;
  }

  void settle() {
    announce();
    stepUntil(() -> isDone(founder) && isDone(joiner));
  }

  void stepUntil(BooleanSupplier done) {
    int rounds = 0;
    do {
      step();
      rounds++;
      assertThat(rounds).isLessThan(MOST_ROUNDS);
    } while (!done.getAsBoolean());
  }

  /** A key that the joiner owns. */
  String joinersKey() {
    return KEYS.stream()
        .filter(key -> founder.ring().owners(key).equals(List.of("n2")))
        .findFirst()
        .orElseThrow();
  }

  private static void give(Tidemark from, Tidemark to) {
    Interest lacking = to.interest().lacking(to.wanted(), from.interest());
    if (!lacking.equals(Interest.NONE)) {
      try (Exchange exchange = new Exchange(from, to)) {
        exchange.widen(lacking);
      }
    }
  }

  /** Whoever holds a key has what was promised of it, and somebody does. */
  void expectHeld(List<String> elements) {
    for (String key : KEYS) {
      List<Tidemark> holders =
          List.of(founder, joiner).stream()
              .filter(store -> store.interest().covers(Bytes.utf8(key)))
              .toList();
      assertThat(holders)
          .as(key)
          .anySatisfy(store -> assertThat(value(store, key)).contains(elements));
    }
  }

  /** Each key is with its owner, whole. */
  void expectOwned(List<String> elements) {
    for (String key : KEYS) {
      boolean joins = founder.ring().owners(key).equals(List.of("n2"));
      assertThat(value(joins ? joiner : founder, key)).as(key).contains(elements);
      assertThat((joins ? founder : joiner).interest().covers(Bytes.utf8(key))).isFalse();
    }
  }

  /** Neither has anything left of what it does not hold. */
  void expectNothingElse() {
    for (Tidemark store : List.of(founder, joiner)) {
      assertThat(keys(store)).allMatch(store.interest()::covers);
    }
  }

  /** All keys of which the state has anything. */
  static List<Bytes> keys(Tidemark store) {
    store.flush();
    StateStore state = store.core().state();
    List<Bytes> keys = new ArrayList<>();
    try (Pin pin = state.pin();
        KeyCursor cursor = state.keys(pin, SCHEMA.of(Bytes.utf8("s/")), KeyRange.ALL)) {
      while (cursor.next()) {
        keys.add(cursor.key());
      }
    }
    return keys;
  }

  private static String value(Tidemark store, String key) {
    Value value = store.value(key);
    return value.toString();
  }

  @Override
  public void close() {
    try (joiner) {
      founder.close();
    }
  }
}
