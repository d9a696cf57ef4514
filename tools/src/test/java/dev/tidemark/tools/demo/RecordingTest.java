package dev.tidemark.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped files agree with each other, by means that know nothing of the store. */
class RecordingTest {
  private static Recording recording;
  private static Causality causality;

  @BeforeAll
  static void load() throws IOException {
    recording = Recording.load();
    causality = new Causality(recording.history());
  }

  @Test
  void isTheWholeHistory() {
    History history = recording.history();

    assertThat(history.size()).isEqualTo(28_547);
    assertThat(history.people()).isEqualTo(1_111);
    assertThat(history.merges()).isEqualTo(7_326);
    assertThat(history.writes()).isEqualTo(202_980);
    assertThat(history.replicas()).isEqualTo(43);
    assertThat(history.years()).isEqualTo(17);
  }

  @Test
  void theInputLeadsToGitsTreeAtEveryCheckpoint() {
    assertThat(recording.expected().checkpoints()).hasSize(55);
    for (Checkpoint checkpoint : recording.expected().checkpoints()) {
      Tree tree = TreeOracle.tree(causality, checkpoint.commit());
      assertThat(tree.size()).isEqualTo(checkpoint.paths());
      assertThat(tree.digest()).isEqualTo(checkpoint.sha256());
    }
  }

  @Test
  void theInputLeadsToGitsLastTree() {
    Tree tree = TreeOracle.tree(causality, recording.history().last().index());

    assertThat(tree).isEqualTo(recording.expected().tree());
    assertThat(tree.size()).isEqualTo(4_318);
  }

  @Test
  void theInputAddsUpToEachAuthorsTotals() {
    SortedMap<Integer, AuthorTotals> totals = new TreeMap<>();
    for (GitCommit commit : recording.history().commits()) {
      totals.merge(commit.author(), commit.totals(), AuthorTotals::plus);
    }
    assertThat(totals).isEqualTo(recording.expected().authors());
  }

  @Test
  void everyConflictIsSettledByItsMerge() {
    MemoryReplay replay = new MemoryReplay(recording.history());

    assertThat(replay.conflicts).isEqualTo(5_250);
    assertThat(replay.conflictingMerges).isEqualTo(1_888);
    assertThat(replay.unsettled).isZero();
    assertThat(replay.made()).isEqualTo(299_907);
    assertThat(replay.received).isEqualTo(6_716_845);
  }
}
