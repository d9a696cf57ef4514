package dev.tidemark.engine.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.stability.Floor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The executable definition of the types, run against the engine alone. */
class ConformanceTest {
  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(Scenario.DIRECTORY)) {
      return all.filter(path -> path.toString().endsWith(".jsonl")).sorted().toList();
    }
  }

  @Test
  void holdsSixtyScenariosOfEachStrategy() throws IOException {
    assertThat(files()).hasSize(14);
    assertThat(files()).allSatisfy(file -> assertThat(Scenario.readAll(file)).hasSize(60));
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsWhatTheMeaningSays(Path file) {
    for (Scenario scenario : Scenario.readAll(file)) {
      new Run(scenario, null, false).play();
    }
  }

  /** What all replicas of a scenario have seen is forgotten by all of them, after every step. */
  @ParameterizedTest
  @MethodSource("files")
  void readsTheSameWhateverIsForgotten(Path file) {
    for (Scenario scenario : Scenario.readAll(file)) {
      if (!scenario.needsRawLog()) {
        new Run(scenario, null, true).play();
        new Run(scenario, new Random(scenario.name().hashCode()), true).play();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsTheSameWhateverIsFoldedSplitOrDeliveredTwice(Path file) {
    for (Scenario scenario : Scenario.readAll(file)) {
      for (int seed = 0; seed < 3; seed++) {
        new Run(scenario, new Random(scenario.name().hashCode() * 31L + seed), false).play();
      }
    }
  }

  /** One scenario being played; with a source of chance, also with what it forces. */
  private static final class Run {
    private final Scenario scenario;
    private final Random chance;
    private final boolean forgets;
    private final List<OperationId> made = new ArrayList<>();
    private final Map<String, EngineReplica> replicas = new TreeMap<>();

    Run(Scenario scenario, Random chance, boolean forgets) {
      this.scenario = scenario;
      this.forgets = forgets;
      this.chance = chance;
      scenario
          .replicas()
          .forEach((name, id) -> replicas.put(name, new EngineReplica(id, scenario.schema())));
    }

    void play() {
      int number = 0;
      for (JsonNode step : scenario.steps()) {
        try {
          play(step);
          if (chance != null) {
            for (EngineReplica replica : replicas.values()) {
              Disturbance.disturb(replica, chance, scenario.needsRawLog());
            }
          }
          if (forgets) {
            forget();
          }
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(scenario.name() + ", step " + number + ": " + step, e);
        }
        number++;
      }
      agree();
      for (var replica : Scenario.fields(scenario.expect())) {
        for (var key : Scenario.fields(replica.getValue())) {
          expect(replica.getKey(), key.getKey(), key.getValue(), "at the end");
        }
      }
    }

    /** Forgets below the highest floor there can be: that of one who knows what everyone knows. */
    private void forget() {
      VersionVector seen = null;
      long horizon = Long.MAX_VALUE;
      for (EngineReplica replica : replicas.values()) {
        seen = seen == null ? replica.seen() : seen.meet(replica.seen());
        horizon = Math.min(horizon, replica.clock());
      }
      for (OperationId id : made) {
        if (!seen.contains(id.dot())) {
          horizon = Math.min(horizon, id.stamp() - 1);
        }
      }
      Floor floor = new Floor(horizon, seen);
      replicas.values().forEach(replica -> replica.collect(floor));
    }

    /** Replicas that have seen the same hold the same bytes. */
    private void agree() {
      Map<VersionVector, Map<Bytes, KeyDelta>> bySeen = new HashMap<>();
      for (var replica : replicas.entrySet()) {
        Map<Bytes, KeyDelta> states = replica.getValue().kept();
        Map<Bytes, KeyDelta> others = bySeen.putIfAbsent(replica.getValue().seen(), states);
        if (others != null) {
          assertThat(states).as("%s: %s", scenario.name(), replica.getKey()).isEqualTo(others);
        }
      }
    }

    private void play(JsonNode step) {
      if (step.has("op")) {
        OperationId id =
            at(step)
                .update(
                    step.get("now").longValue(),
                    Bytes.utf8(step.get("key").textValue()),
                    step.get("op").textValue(),
                    step.get("args"));
        made.add(id);
      } else if (step.has("from")) {
        EngineReplica from = replicas.get(step.get("from").textValue());
        EngineReplica to = replicas.get(step.get("to").textValue());
        if (step.has("until")) {
          from.sendTo(to, step.get("until").longValue());
        } else {
          from.sendTo(to);
        }
      } else if (step.has("read")) {
        expect(step.get("at").textValue(), step.get("read").textValue(), step.get("value"), "");
      } else {
        maintain(at(step), step.get("do").textValue());
      }
    }

    private void maintain(EngineReplica replica, String what) {
      switch (what) {
        case "compact" -> {
          replica.foldLog(0, replica.logSize());
          replica.keys().values().forEach(Disturbance::foldOldestTwo);
        }
        case "truncate" -> replica.truncate();
        case "flush" -> replica.keys().values().forEach(LayeredKey::flush);
        case "restart" -> {
          replica.keys().values().forEach(LayeredKey::reload);
          replica.keys().values().forEach(LayeredKey::startRun);
        }
        default -> throw new IllegalArgumentException("unknown step: " + what);
      }
    }

    private EngineReplica at(JsonNode step) {
      return replicas.get(step.get("at").textValue());
    }

    private void expect(String at, String key, JsonNode value, String when) {
      assertThat(replicas.get(at).read(Bytes.utf8(key)))
          .as("%s: %s at %s %s", scenario.name(), key, at, when)
          .isEqualTo(value);
    }
  }
}
