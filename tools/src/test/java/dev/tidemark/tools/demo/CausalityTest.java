package dev.tidemark.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CausalityTest {
  /** One root, a line at each of two replicas, a merge at the first. */
  private static final String DIAMOND =
      "C\t0\t\t0\t1\t0\t1\t0\nW\tA\tboth\taaaaaaaaaaaa\t1\t0\nW\tA\told\taaaaaaaaaaaa\t1\t0\n"
          + "C\t1\t0\t0\t2\t0\t2\t0\nW\tM\tboth\tbbbbbbbbbbbb\t1\t0\nW\tD\told\t-\t0\t1\n"
          + "C\t2\t0\t1\t2\t1\t2\t1\nW\tM\tboth\tcccccccccccc\t1\t0\nW\tA\tnew\tcccccccccccc\t1\t0\n"
          + "C\t3\t1,2\t0\t3\t0\t3\t0\nW\tM\tboth\tdddddddddddd\t-\t-\n";

  private final Causality causality = new Causality(HistoryReaderTest.read(DIAMOND));

  CausalityTest() throws IOException {}

  @Test
  void aCommitHasSeenItselfAndItsAncestors() {
    assertThat(causality.hasSeen(3, 0)).isTrue();
    assertThat(causality.hasSeen(3, 2)).isTrue();
    assertThat(causality.hasSeen(3, 3)).isTrue();
    assertThat(causality.hasSeen(1, 2)).isFalse();
    assertThat(causality.hasSeen(0, 1)).isFalse();
    assertThat(causality.onlySeenBy(3, 1)).containsExactly(3, 2);
    assertThat(causality.onlySeenBy(1, 3)).isEmpty();
  }

  @Test
  void onlyPathsWrittenOnBothSidesMayBeInConflict() {
    GitCommit merge = causality.history().get(3);

    assertThat(causality.writtenOnBothSides(merge)).containsExactly(Bytes.utf8("both"));
  }

  @Test
  void theTreeIsWhatNoLaterWriteHadSeen() {
    assertThat(TreeOracle.tree(causality, 1).files())
        .containsExactly(java.util.Map.entry("both", List.of("bbbbbbbbbbbb")));
    assertThat(TreeOracle.tree(causality, 3).files())
        .containsEntry("both", List.of("dddddddddddd"))
        .containsEntry("new", List.of("cccccccccccc"))
        .hasSize(2);
  }

  @Test
  void refusesACommitThatHasNotSeenAllOfItsReplica() {
    assertThatThrownBy(
            () -> new Causality(HistoryReaderTest.read(DIAMOND + "C\t4\t2\t0\t4\t0\t4\t0\n")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("commit=4");
  }
}
