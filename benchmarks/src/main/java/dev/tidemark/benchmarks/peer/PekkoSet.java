package dev.tidemark.benchmarks.peer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ddata.DistributedData;
import org.apache.pekko.cluster.ddata.Key;
import org.apache.pekko.cluster.ddata.ORSet;
import org.apache.pekko.cluster.ddata.ORSetKey;
import org.apache.pekko.cluster.ddata.Replicator;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.apache.pekko.pattern.Patterns;

/**
 * Sets of Apache Pekko Distributed Data on one node, all keys durable in LMDB: each update writes
 * the key's whole state. Settings: a map of 4 GiB, the warning about large states off, no other
 * node; else those of its reference configuration.
 */
public final class PekkoSet implements AutoCloseable {
  /** Each update is flushed before it is answered. */
  public static final String FLUSHED = "off";

  /** Updates are answered at once and written every so often. */
  public static final String WRITE_BEHIND = "200 ms";

  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final ActorSystem system;
  private final ActorRef replicator;
  private final SelfUniqueAddress self;

  /**
   * Starts a node.
   *
   * @param writeBehind {@link #FLUSHED} or {@link #WRITE_BEHIND}
   */
  public PekkoSet(Path directory, String writeBehind) {
    system = ActorSystem.create("bench", config(directory, writeBehind));
    Cluster cluster = Cluster.get(system);
    cluster.join(cluster.selfAddress());
    replicator = DistributedData.get(system).replicator();
    self = DistributedData.get(system).selfUniqueAddress();
  }

  private static Config config(Path directory, String writeBehind) {
    String data = "pekko.cluster.distributed-data.";
    return ConfigFactory.parseMap(
            Map.ofEntries(
                Map.entry("pekko.actor.provider", "cluster"),
                Map.entry("pekko.remote.artery.canonical.hostname", "127.0.0.1"),
                Map.entry("pekko.remote.artery.canonical.port", 0),
                Map.entry("pekko.loglevel", "WARNING"),
                Map.entry("pekko.stdout-loglevel", "WARNING"),
                Map.entry("pekko.coordinated-shutdown.exit-jvm", "off"),
                Map.entry("pekko.cluster.jmx.enabled", "off"),
                Map.entry(data + "log-data-size-exceeding", "off"),
                Map.entry(data + "durable.keys", List.of("*")),
                Map.entry(data + "durable.lmdb.dir", directory.toString()),
                Map.entry(data + "durable.lmdb.map-size", "4 GiB"),
                Map.entry(data + "durable.lmdb.write-behind-interval", writeBehind)))
        .withFallback(ConfigFactory.load());
  }

  /** Puts so many elements into a set, as one update. */
  public void fill(String key, int size, IntFunction<String> element) {
    update(
        ORSetKey.create(key),
        set -> {
          ORSet<String> filled = set;
          for (int i = 0; i < size; i++) {
            filled = filled.add(self, element.apply(i));
          }
          return filled;
        });
  }

  /** Adds one element and waits for the answer. */
  public void add(String key, String element) {
    update(ORSetKey.create(key), set -> set.add(self, element));
  }

  private void update(Key<ORSet<String>> key, Function<ORSet<String>, ORSet<String>> change) {
    Object answer =
        Patterns.ask(
                replicator,
                new Replicator.Update<>(key, ORSet.create(), Replicator.writeLocal(), change),
                TIMEOUT)
            .toCompletableFuture()
            .join();
    if (!(answer instanceof Replicator.UpdateSuccess)) {
      throw new IllegalStateException("Pekko refused an update: " + answer);
    }
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }
}
