package dev.tidemark.storage.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.StoreUnusableException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterCheckpointTest {
  private static final Path FILE = Path.of("CHECKPOINT");

  private static Bytes filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return Bytes.wrap(bytes);
  }

  private static ClusterCheckpoint begin(Long... members) {
    return ClusterCheckpoint.begin("daily-1", filled(16, 9), 1_000, List.of(members));
  }

  private static Submission submission(long member, long seen, int root) {
    return new Submission(
        member,
        filled(16, (int) member),
        77,
        seen,
        VersionVector.of(1, seen),
        Floor.NONE,
        filled(32, root));
  }

  @Test
  void isCompleteWhenAllHaveSubmittedAndNotBefore() {
    ClusterCheckpoint one = begin(1L, -1L).with(submission(-1, 100, 1));

    assertThat(one.isComplete()).isFalse();
    assertThat(one.root()).isEmpty();
    assertThat(one.missing()).containsExactly(1L);
    ClusterCheckpoint both = one.with(submission(1, 110, 2));
    assertThat(both.isComplete()).isTrue();
    assertThat(both.root()).isPresent();
    assertThat(both.vector()).isEqualTo(VersionVector.of(1, 110));
    assertThat(both.isUniform()).isFalse();
  }

  @Test
  void nobodyIsNeverComplete() {
    assertThatThrownBy(ClusterCheckpointTest::begin)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no members");
  }

  @Test
  void whoIsNotExpectedIsRefusedAndChangesNothing() {
    ClusterCheckpoint complete = begin(1L).with(submission(1, 5, 1));

    assertThatThrownBy(() -> complete.with(submission(2, 6, 2)))
        .isInstanceOf(CheckpointRefusedException.class)
        .hasMessageContaining("member=2")
        .hasMessageContaining("expected=1");
    assertThat(complete.isComplete()).isTrue();
  }

  @Test
  void theSameAgainAndLateChangesNothing() {
    ClusterCheckpoint complete = begin(1L, 2L).with(submission(1, 5, 1)).with(submission(2, 6, 2));

    assertThat(complete.with(submission(1, 5, 1))).isSameAs(complete);
  }

  @Test
  void somethingElseOfTheSameMemberIsRefusedWithBothValues() {
    ClusterCheckpoint checkpoint = begin(1L, 2L).with(submission(1, 5, 1));

    assertThatThrownBy(() -> checkpoint.with(submission(1, 6, 3)))
        .isInstanceOf(CheckpointRefusedException.class)
        .hasMessageContaining("root " + "01".repeat(32))
        .hasMessageContaining("root " + "03".repeat(32));
  }

  @Test
  void anotherRootAfterTheSameOperationsIsRefusedWithBothValues() {
    ClusterCheckpoint checkpoint = begin(1L, 2L).with(submission(1, 5, 1));

    assertThatThrownBy(() -> checkpoint.with(submission(2, 5, 2)))
        .isInstanceOf(CheckpointRefusedException.class)
        .hasMessageContaining("root " + "01".repeat(32) + " of replica 1")
        .hasMessageContaining("root " + "02".repeat(32) + " of replica 2");
    assertThat(checkpoint.with(submission(2, 5, 1)).isUniform()).isTrue();
  }

  /** What was forgotten differs, and with it the bytes, of stores that hold the same values. */
  @Test
  void storesThatHaveForgottenDifferentlyMayHaveDifferentRoots() {
    Submission other = submission(2, 5, 2);
    Submission collected =
        new Submission(
            2,
            other.storeId(),
            77,
            5,
            other.vector(),
            new Floor(9, VersionVector.of(1, 1)),
            other.root());

    assertThat(begin(1L, 2L).with(submission(1, 5, 1)).with(collected).isComplete()).isTrue();
  }

  /** A root over the roots alone did not tell two members' states from each other's. */
  @Test
  void twoMembersStatesSwappedGiveAnotherRoot() {
    ClusterCheckpoint right = begin(1L, 2L).with(submission(1, 5, 1)).with(submission(2, 6, 2));
    ClusterCheckpoint swapped = begin(1L, 2L).with(submission(1, 6, 2)).with(submission(2, 5, 1));

    assertThat(swapped.root()).isNotEqualTo(right.root());
  }

  @Test
  void theRootBindsIdAndMembersAndNotTheOrderOfSubmissions() {
    Submission one = submission(1, 5, 1);
    Submission two = submission(2, 6, 2);
    Bytes root = begin(1L, 2L).with(one).with(two).root().orElseThrow();

    assertThat(begin(2L, 1L).with(two).with(one).root()).hasValue(root);
    List<Long> members = List.of(1L, 2L);
    assertThat(
            ClusterCheckpoint.begin("daily-2", filled(16, 9), 1_000, members)
                .with(one)
                .with(two)
                .root()
                .orElseThrow())
        .isNotEqualTo(root);
    assertThat(
            ClusterCheckpoint.begin("daily-1", filled(16, 8), 1_000, members)
                .with(one)
                .with(two)
                .root()
                .orElseThrow())
        .isNotEqualTo(root);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "-x", "a/b", "a b", "é"})
  void whatCannotNameADirectoryIsNoId(String id) {
    assertThatThrownBy(() -> ClusterCheckpoint.begin(id, filled(16, 9), 1, List.of(1L)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRecordIsReadAsItWasWritten() {
    ClusterCheckpoint half = begin(3L, -5L).with(submission(-5, 5, 1));
    ClusterCheckpoint whole = half.with(submission(3, 6, 2));

    assertThat(CheckpointFile.decode(FILE, CheckpointFile.encode(half))).isEqualTo(half);
    assertThat(CheckpointFile.decode(FILE, CheckpointFile.encode(whole))).isEqualTo(whole);
  }

  @Test
  void aRecordThatWasChangedIsDamaged() {
    byte[] bytes = CheckpointFile.encode(begin(1L).with(submission(1, 5, 1)));
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 0x10;
      assertThatThrownBy(() -> CheckpointFile.decode(FILE, changed))
          .isInstanceOfAny(
              DamagedException.class, MalformedException.class, StoreUnusableException.class);
    }
  }
}
