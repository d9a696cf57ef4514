package dev.tidemark.replication.missing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.replication.session.OperationsFound;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a commit that did not come is taken, and when something of it is lost. */
class EvidenceTest {
  private static final long SELF = 1;
  private static final long HOLDER = 2;
  private static final long OTHER = 3;
  private static final long MAKER = 9;
  private static final Interest A = Interest.ofPrefixes(Set.of("a"));
  private static final Interest B = Interest.ofPrefixes(Set.of("b"));
  private static final byte[] WHOLE = commit("a1", "b1");
  private static final byte[] OF_A = PartialCommit.of(WHOLE, A);
  private static final byte[] OF_B = PartialCommit.of(WHOLE, B);
  private static final byte[] OF_NONE = PartialCommit.of(WHOLE, Interest.NONE);

  private final Map<Long, OperationsFound> found = new HashMap<>();
  private Interest held = A;
  private Set<Long> members = Set.of(SELF, HOLDER, OTHER);
  private Set<Long> forsaken = Set.of(MAKER);

  private static byte[] commit(String... keys) {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      byte[] head =
          VersionedCell.encode(
              new Version(100 + i, MAKER, 5 + i), Bytes.utf8("value of " + keys[i]));
      operations.add(
          new Operation(
              new Namespace(Bytes.EMPTY, Strategy.LWW_REGISTER),
              Bytes.utf8(keys[i]),
              KeyDelta.ofHead(head)));
    }
    ByteWriter out = new ByteWriter();
    CommitHeader draft = new CommitHeader(MAKER, 5, 100, operations.size(), VersionVector.EMPTY, 0);
    CommitCodec.encode(draft, operations, 7, out);
    return out.toByteArray();
  }

  private void gives(long replica, Interest interest, byte[] commit) {
    tells(replica, interest, 6, Map.of(5L, commit));
  }

  private void hasNone(long replica, Interest interest) {
    tells(replica, interest, 4, Map.of());
  }

  private void tells(long replica, Interest interest, long seen, Map<Long, byte[]> commits) {
    tells(replica, new OperationsFound(seen, commits, seen, members, forsaken, interest, false));
  }

  private void tells(long replica, OperationsFound told) {
    found.put(replica, told);
  }

  private Verdict verdict() {
    return new Evidence(SELF, held, members, forsaken, MAKER, found).of(5);
  }

  private void expectWaiting(String why) {
    assertThat(verdict()).isInstanceOf(Verdict.Wait.class);
    assertThat(((Verdict.Wait) verdict()).why()).contains(why);
  }

  @Test
  void oneThatIsGivenIsTakenWhoeverElseIsAway() {
    forsaken = Set.of();
    gives(HOLDER, A, OF_A);

    assertThat(verdict()).isEqualTo(new Verdict.Take(OF_A, false));
  }

  @Test
  void oneIsPutTogetherOfWhatTwoHave() {
    held = A.union(B);
    gives(HOLDER, A, OF_A);
    gives(OTHER, B, OF_B);

    assertThat(verdict()).isEqualTo(new Verdict.Take(WHOLE, false));
  }

  @Test
  void nothingComesOfWhatNobodyGives() {
    expectWaiting("no member gives it");
    hasNone(HOLDER, A);
    expectWaiting("no member gives it");
  }

  @Test
  void isLostIfNoMemberHasItOfAMakerThatWasRetired() {
    hasNone(HOLDER, A);
    gives(OTHER, B, OF_B);

    assertThat(verdict()).isEqualTo(new Verdict.Take(PartialCommit.lost(OF_NONE, A), true));
  }

  @Test
  void isLostForTheKeysThatAreHeldAndNoOthers() {
    hasNone(HOLDER, A);
    gives(OTHER, Interest.NONE, OF_NONE);

    assertThat(verdict()).isEqualTo(new Verdict.Take(PartialCommit.lost(OF_NONE, A), true));
  }

  @Test
  void aMakerThatWasNotRetiredMayBringIt() {
    forsaken = Set.of();
    hasNone(HOLDER, A);
    gives(OTHER, B, OF_B);

    expectWaiting("its maker may bring it");
  }

  @Test
  void aMemberThatDoesNotAnswerMayHaveIt() {
    gives(OTHER, B, OF_B);

    expectWaiting("a member does not answer: replica=2");
  }

  @Test
  void aMemberThatOnlyAPeerKnowsOfMayHaveIt() {
    hasNone(HOLDER, A);
    Set<Long> more = Set.of(SELF, HOLDER, OTHER, 4L);
    tells(OTHER, new OperationsFound(6, Map.of(5L, OF_B), 6, more, forsaken, B, false));

    expectWaiting("a member does not answer: replica=4");
  }

  /** It had heard that the maker was retired, and had not said so: it would take more from it. */
  @Test
  void aMemberThatTakesSomethingOfTheMakerYetMayGetIt() {
    tells(HOLDER, new OperationsFound(4, Map.of(), 4, members, Set.of(), A, false));
    gives(OTHER, B, OF_B);

    expectWaiting("a member may take something from one that was retired: replica=2");
  }

  /** It would have heard that it is a member behind what was waited for, and was waited for. */
  @Test
  void aMemberThatHasNotHeardThatItWasLetInIsNotWaitedFor() {
    tells(HOLDER, new OperationsFound(0, Map.of(), 0, Set.of(), Set.of(), A, true));
    gives(OTHER, B, OF_B);

    assertThat(verdict()).isEqualTo(new Verdict.Take(PartialCommit.lost(OF_NONE, A), true));
  }

  @Test
  void aMemberThatHasItInAPieceOfItsLogMayGiveItInItsOrder() {
    tells(HOLDER, A, 6, Map.of());
    gives(OTHER, B, OF_B);

    expectWaiting("a member has it in its state: replica=2");
  }

  /** It widened: its log has the place of the operation, its state the effect. */
  @Test
  void aMemberThatGivesThePlaceOfItAndHoldsTheKeyHasItInItsState() {
    gives(HOLDER, A, OF_NONE);
    gives(OTHER, B, OF_B);

    expectWaiting("a member has it in its state: replica=2");
  }

  /** Its answer ended before: it had held the key once, and its log has the delta. */
  @Test
  void aMemberThatHasNotLookedSoFarMayHaveIt() {
    tells(HOLDER, new OperationsFound(6, Map.of(), 4, members, forsaken, Interest.NONE, false));
    gives(OTHER, B, OF_B);

    expectWaiting("a member has not told yet: replica=2");
  }

  @Test
  void whatAnotherHasGivenUpIsTakenAsItIsOnceItsMakerIsForsaken() {
    byte[] lost = PartialCommit.lost(OF_NONE, A);
    gives(HOLDER, A, lost);
    gives(OTHER, B, OF_B);

    assertThat(verdict()).isEqualTo(new Verdict.Take(PartialCommit.of(lost, A), false));
    forsaken = Set.of();
    expectWaiting("its maker may bring it");
  }

  /** The others would refuse what a store had taken from it. */
  @Test
  void whatIsNoMemberVouchesForNothing() {
    gives(77, A, OF_A);

    expectWaiting("no member gives it");
    members = Set.of();
    assertThat(verdict()).isEqualTo(new Verdict.Take(OF_A, false));
  }

  /** A store that enforces its interest refused it for ever. */
  @Test
  void whatIsNotHeldIsNotTaken() {
    gives(HOLDER, A.union(B), WHOLE);

    assertThat(verdict()).isEqualTo(new Verdict.Take(OF_A, false));
  }
}
