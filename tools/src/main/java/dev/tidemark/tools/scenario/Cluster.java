package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.tools.output.Failure;
import dev.tidemark.tools.output.ValueJson;
import dev.tidemark.tools.scenario.Scenario.NumberedStep;
import dev.tidemark.tools.transport.Transport;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The replicas of a scenario as stores on disk, and what its steps do to them. */
public final class Cluster implements AutoCloseable {
  private static final int LONGEST_NAME = 200;

  private final Map<String, Replica> replicas = new LinkedHashMap<>();
  private final Transport transport;
  private final Map<String, VersionVector> kept = new HashMap<>();
  private long made;
  private long received;

  private Cluster(Transport transport) {
    this.transport = transport;
  }

  /**
   * Opens one store for each replica, each in a directory under the given one.
   *
   * @param transport how they take from each other
   */
  public static Cluster open(
      Scenario scenario, Path directory, StoreSize size, Transport.Kind transport)
      throws IOException {
    Cluster cluster = new Cluster(transport.open());
    try {
      Files.createDirectories(directory);
      for (var entry : scenario.replicas().entrySet()) {
        Path store = directory.resolve(directoryName(entry.getKey()));
        Replica replica = Replica.open(store, entry.getValue(), scenario.schema(), size);
        cluster.replicas.put(entry.getKey(), replica);
        requireId(entry.getKey(), entry.getValue(), replica);
      }
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /**
   * A replica's name as one of a directory, whatever it holds: it must not lead elsewhere, nor be
   * longer than file systems take.
   */
  static String directoryName(String replica) {
    byte[] bytes = replica.getBytes(StandardCharsets.UTF_8);
    String name = URLEncoder.encode(replica, StandardCharsets.UTF_8).replace("*", "%2A");
    if (name.length() > LONGEST_NAME) {
      return name.substring(0, LONGEST_NAME / 2) + "%" + UUID.nameUUIDFromBytes(bytes);
    }
    return name.isEmpty() || name.startsWith(".") ? "%" + name : name;
  }

  private static void requireId(String name, long id, Replica replica) {
    if (replica.store().replicaId() != id) {
      throw Problem.of("directory holds another replica")
          .with("replica", name)
          .with("expected", Long.toUnsignedString(id))
          .with("actual", Long.toUnsignedString(replica.store().replicaId()))
          .advise("give an empty directory")
          .illegalArgument();
    }
  }

  /** Updates made so far. */
  public long made() {
    return made;
  }

  /** Updates received from another replica so far. */
  public long received() {
    return received;
  }

  /**
   * Does a step.
   *
   * @param mismatches sees each value that is not the expected one, or that the step failed
   */
  public void run(NumberedStep numbered, Consumer<Mismatch> mismatches) {
    attempt(numbered, () -> run(numbered.step(), new Judge(numbered, mismatches)), mismatches);
  }

  /**
   * Does chores, in their order, at each store that has seen something since it did them before.
   *
   * @param after the step that they follow
   * @param mismatches sees that they failed
   */
  void upkeep(List<Step.Chore> chores, NumberedStep after, Consumer<Mismatch> mismatches) {
    replicas.forEach(
        (name, replica) -> {
          if (!Objects.equals(replica.store().vector(), kept.get(name))) {
            attempt(
                after,
                () -> chores.forEach(chore -> upkeep(new Step.Upkeep(name, chore))),
                mismatches);
            kept.put(name, replica.store().vector());
          }
        });
  }

  /** Makes all of them members: without a cluster nothing is ever forgotten. */
  void found() {
    Iterator<Map.Entry<String, Replica>> rest = replicas.entrySet().iterator();
    if (!rest.hasNext()) {
      return;
    }
    Tidemark founder = rest.next().getValue().store();
    founder.members().found();
    List<Tidemark> others = new ArrayList<>();
    rest.forEachRemaining(other -> others.add(other.getValue().store()));
    others.forEach(other -> founder.members().admit(other.replicaId()));
    // They have heard of it before they write.
    others.forEach(other -> transport.pull(founder, other));
  }

  /** Verifies each store; the listener sees what is wrong, by the replica's name. */
  void verify(BiConsumer<String, Finding> listener) {
    replicas.forEach((name, replica) -> replica.verify(finding -> listener.accept(name, finding)));
  }

  private static void attempt(NumberedStep numbered, Runnable work, Consumer<Mismatch> mismatches) {
    try {
      work.run();
    } catch (TidemarkException
        | IllegalArgumentException
        | IllegalStateException
        | AssertionError e) {
      mismatches.accept(Mismatch.of(numbered, "a step that succeeds", Failure.of(e).message()));
    }
  }

  private void run(Step step, Judge judge) {
    if (step instanceof Step.Write write) {
      write(write);
    } else if (step instanceof Step.Pull pull) {
      pull(pull);
    } else if (step instanceof Step.Upkeep upkeep) {
      upkeep(upkeep);
    } else if (step instanceof Step.Read read) {
      judge.compare(read.at(), read.key(), read.value());
    } else if (step instanceof Step.Expect expect) {
      expect.values().forEach((at, values) -> values.forEach((k, v) -> judge.compare(at, k, v)));
    }
  }

  private void write(Step.Write write) {
    Replica replica = replica(write.at());
    if (write.now() != null) {
      replica.setClock(write.now());
    }
    replica.store().update(write.key(), write.update());
    made++;
  }

  private void pull(Step.Pull pull) {
    if (pull.from().equals(pull.to())) {
      return;
    }
    Tidemark from = replica(pull.from()).store();
    Tidemark to = replica(pull.to()).store();
    received +=
        pull.until() == null
            ? transport.pull(from, to)
            : transport.pullUntil(from, to, pull.until());
  }

  private void upkeep(Step.Upkeep upkeep) {
    if (upkeep.chore() == Step.Chore.RESTART) {
      transport.leave(replica(upkeep.at()).store());
    }
    replica(upkeep.at()).upkeep(upkeep.chore());
  }

  private Replica replica(String name) {
    Replica replica = replicas.get(name);
    if (replica == null) {
      throw Problem.of("unknown replica").with("replica", name).illegalArgument();
    }
    return replica;
  }

  @Override
  public void close() {
    transport.close();
    replicas.values().forEach(Replica::close);
    replicas.clear();
  }

  /** Compares what a replica reads with what it should. */
  private final class Judge {
    private final NumberedStep step;
    private final Consumer<Mismatch> mismatches;

    Judge(NumberedStep step, Consumer<Mismatch> mismatches) {
      this.step = step;
      this.mismatches = mismatches;
    }

    void compare(String at, String key, JsonNode expected) {
      JsonNode actual = ValueJson.tree(replica(at).read(key));
      if (!actual.equals(expected)) {
        String where = at + " " + key + " = ";
        mismatches.accept(Mismatch.of(step, where + expected, where + actual));
      }
    }
  }
}
