package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.event.Event;
import dev.tidemark.storage.core.Replay;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.type.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member of a ring has given to others goes from its state, and does no harm by that. */
class LeftoversTest {
  private static final int MANY_KEYS = 9_000;
  private static final int MANY_CELLS = 40_000;

  @TempDir private Path dir;
  private TwoMembers members;

  @BeforeEach
  void open() {
    members = TwoMembers.open(dir, new ObservedFiles());
    members.add("old", Durability.BUFFERED);
  }

  @AfterEach
  void check() {
    members.close();
    StoreAudit.check(TwoMembers.founder(dir));
    StoreAudit.check(TwoMembers.joiner(dir));
  }

  private Tidemark founder() {
    return members.founder();
  }

  private static void addTo(Batch batch, String key, String element) {
    batch.key(key).update(new Update.Add(Bytes.utf8(element)));
  }

  /** It stayed for ever, and the disks of old owners did not shrink. */
  @Test
  void nothingIsLeftOfManyKeysNorOfLargeOnes() {
    founder()
        .commit(
            batch -> {
              for (int i = 0; i < MANY_KEYS; i++) {
                addTo(batch, "s/many-" + i, "e");
              }
            });
    for (String key : TwoMembers.KEYS) {
      boolean isLarge = key.endsWith("7");
      for (int i = 0; isLarge && i < MANY_CELLS; i += 10_000) {
        int from = i;
        founder()
            .commit(
                batch -> {
                  for (int j = 0; j < 10_000; j++) {
                    addTo(batch, key, "e" + (from + j));
                  }
                });
      }
    }
    int all = TwoMembers.keys(founder()).size();
    members.settle();

    members.expectNothingElse();
    int kept = TwoMembers.keys(founder()).size();
    assertThat(kept).isPositive().isLessThan(all);
    assertThat(TwoMembers.keys(members.joiner())).hasSize(all - kept);
    assertThat(founder().core().upkeep().isFreeingDue()).isFalse();
    members.expectOwned(List.of("old"));
  }

  /** It goes in the background, and nobody could tell whether that was over. */
  @Test
  void isToldUntilItIsGone() {
    members.announce();
    for (int round = 0; founder().interest().isAll(); round++) {
      assertThat(round).isLessThan(20);
      assertThat(founder().ring().report().hasLeftovers()).isFalse();
      members.exchange();
      founder().core().cluster().advance();
      members.joiner().ring().advance();
    }

    assertThat(founder().ring().report().hasLeftovers()).isTrue();
    expectSeenFromOutside(true);
    founder().ring().advance();
    assertThat(founder().ring().report().hasLeftovers()).isFalse();
    expectSeenFromOutside(false);
    members.settle();
    assertThat(members.joiner().ring().report().hasLeftovers()).isFalse();
  }

  private void expectSeenFromOutside(boolean leftovers) {
    founder().flush();
    try (Inspection outside = Inspection.open(TwoMembers.founder(dir))) {
      assertThat(outside.ring().hasLeftovers()).isEqualTo(leftovers);
    }
  }

  /** A removal that it had not heard of would come back with what its log has of the key. */
  @Test
  void whatComesBackIsWhatOthersMadeOfItAndNothingOfBefore() {
    members.settle();
    String key = members.joinersKey();
    members.joiner().update(key, new Update.Remove(Bytes.utf8("old")));
    members.add("new", Durability.SYNCED);
    members.joiner().ring().leave("n2");
    members.stepUntil(() -> founder().interest().isAll());

    assertThat(founder().value(key).toString()).contains("new").doesNotContain("old");
    founder().update(key, new Update.Add(Bytes.utf8("again")));
    assertThat(founder().value(key).toString()).contains("new", "again");
  }

  /** Its next update of such a key would have said that it had seen all, and found nothing. */
  @Test
  void keysOfWhichNothingIsLeftAreNotWrittenToWhateverTheStoreIsOpenedFor() {
    members.settle();
    String key = members.joinersKey();
    founder().close();
    try (Tidemark plain =
        Tidemark.open(TwoMembers.founder(dir), TwoMembers.SCHEMA, TwoMembers.options())) {
      assertThatThrownBy(() -> plain.update(key, new Update.Add(Bytes.utf8("alone"))))
          .isInstanceOf(OutsideInterestException.class);
      assertThatThrownBy(() -> plain.value(key)).isInstanceOf(OutsideInterestException.class);
    }
  }

  /**
   * Of keys that it does not hold a member of a ring has nothing to compare with: what others had
   * removed of them would have come back, and what it may not write to ended it in the middle.
   */
  @Test
  void whoDoesNotHoldAllThatAnotherHadMakesNothingOfItAnew() {
    founder().members().found();
    founder().members().admit(2);
    founder().members().admit(3);
    Tidemark old =
        Tidemark.open(dir.resolve("old"), TwoMembers.SCHEMA, TwoMembers.options().withReplicaId(3));
    try (old;
        Exchange joining = new Exchange(founder(), old)) {
      joining.pull();
      old.update(TwoMembers.KEYS.get(0), new Update.Add(Bytes.utf8("alone")));
      founder().members().retire(3);
      members.settle();
      members.exchange();
      long before = founder().vector().get(1);

      for (Tidemark member : List.of(founder(), members.joiner())) {
        assertThatThrownBy(() -> member.members().reissue(old))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("store does not hold all that is to be made anew");
      }
      assertThat(founder().vector().get(1)).isEqualTo(before);
    }
  }

  /** Made again of the log it would have claimed all keys, those that were removed among them. */
  @Test
  void aStateThatIsMadeAgainOfTheLogDoesNotClaimWhatWasRemoved() {
    members.settle();
    String key = members.joinersKey();
    Interest held = founder().interest();
    founder().close();
    Scratch.delete(TwoMembers.founder(dir).resolve("state"));
    assertThatThrownBy(
            () -> Tidemark.open(TwoMembers.founder(dir), TwoMembers.SCHEMA, TwoMembers.options()))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("lacks what the store is to hold");

    try (Tidemark plain =
        Tidemark.open(
            TwoMembers.founder(dir), TwoMembers.SCHEMA, TwoMembers.options().withInterest(held))) {
      assertThat(plain.interest()).isEqualTo(held);
      assertThatThrownBy(() -> plain.update(key, new Update.Add(Bytes.utf8("alone"))))
          .isInstanceOf(OutsideInterestException.class);
    }
  }

  /** It went on with all keys, and the disk may have had it later that it holds fewer. */
  @Test
  void takesNothingMoreWhenItCannotBeWrittenDownWhatItHolds() throws Exception {
    Path state = TwoMembers.founder(dir).resolve("state");
    Path away = dir.resolve("away");
    members.announce();
    Files.move(state, away);
    assertThatThrownBy(() -> members.stepUntil(() -> !founder().interest().isAll()))
        .isInstanceOf(TidemarkException.class);
    assertThatThrownBy(() -> founder().update("s/1", new Update.Add(Bytes.utf8("more"))))
        .isInstanceOf(TidemarkException.class);

    Files.move(away, state);
    assertThatThrownBy(members::close).isInstanceOf(TidemarkException.class);
    members = TwoMembers.open(dir, new ObservedFiles());
    members.settle();
    members.expectOwned(List.of("old"));
  }

  /** Whoever watches was told of each key that was removed, as if its value were empty now. */
  @Test
  void whoeverWatchesHearsNothingOfIt() {
    long before = founder().core().log().appendedPosition();
    members.settle();
    founder().sync();
    List<String> keys = new ArrayList<>();
    try (Replay replay = founder().core().views().replay(before + 1, key -> true)) {
      while (replay.nextCommit()) {
        for (Event.Change c = replay.nextChange(); c != null; c = replay.nextChange()) {
          keys.add(c.key());
        }
      }
    }
    assertThat(keys).noneMatch(key -> key.startsWith("s/"));
  }
}
