package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.error.RefusedCommitException;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.antientropy.StateMoment;
import dev.tidemark.storage.log.SegmentInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Stores that hold some of all keys, among others that hold more. */
class InterestTest {
  private static final Schema SCHEMA =
      Schema.empty().and("a/", Strategy.OR_SET).and("b/", Strategy.OR_SET);
  private static final Interest A = Interest.ofPrefixes(List.of("a/"));
  private static final Interest B = Interest.ofPrefixes(List.of("b/"));

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private Tidemark open(int replica) {
    return audit.open(dir.resolve("" + replica), SCHEMA, options(replica));
  }

  private Tidemark open(int replica, Interest interest) {
    return audit.open(dir.resolve("" + replica), SCHEMA, options(replica).withInterest(interest));
  }

  private static Options options(int replica) {
    return QuietOptions.defaults().withReplicaId(replica);
  }

  /** An element to a key of either kind, in one commit. */
  private static void addToBoth(Tidemark store, String element) {
    Update add = new Update.Add(Bytes.utf8(element));
    store.commit(batch -> batch.key("a/x").update(add));
    store.commit(
        batch -> {
          batch.key("a/x").update(new Update.Add(Bytes.utf8(element + "2")));
          batch.key("b/x").update(add);
        });
  }

  private static void expectSame(Tidemark one, Tidemark other, String key) {
    assertThat(other.value(key)).isEqualTo(one.value(key));
    assertThat(one.value(key)).isNotEqualTo(one.value(key.charAt(0) + "/none"));
  }

  private static void expectNothing(Tidemark store, String key) {
    assertThat(store.value(key)).isEqualTo(store.value("b/none"));
  }

  @Test
  void aStoreGetsTheKeysOfItsInterestAndCountsTheRest() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    addToBoth(all, "m");

    assertThat(pull(all, part)).isEqualTo(2);
    assertThat(part.vector()).isEqualTo(all.vector());
    assertThat(part.histories()).isEqualTo(all.histories());
    expectSame(all, part, "a/x");
    expectNothing(part, "b/x");
  }

  @Test
  void whatItHoldsIsTheSameAfterItWasFoldedAndOpenedAgain() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    addToBoth(all, "m");
    pull(all, part);
    part.close();
    part = open(2);

    assertThat(part.interest()).isEqualTo(A);
    expectSame(all, part, "a/x");
    addToBoth(all, "n");
    pull(all, part);
    part.flush();
    part.snapshot();
    expectSame(all, part, "a/x");
    expectNothing(part, "b/x");
  }

  @Test
  void whatItWritesItselfReachesWhoHoldsMore() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    addToBoth(all, "m");
    pull(all, part);
    addToBoth(part, "n");

    assertThat(pull(part, all)).isEqualTo(2);
    expectSame(all, part, "a/x");
    assertThat(all.value("b/x").toString()).contains("m").contains("n");
  }

  @Test
  void whatItLacksAnotherMustHaveFromElsewhereFirst() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    Tidemark late = open(3);
    addToBoth(all, "m");
    pull(all, part);
    addToBoth(part, "n");

    try (Exchange fromPart = new Exchange(part, late)) {
      assertThat(fromPart.pull()).as("the commit of which nothing is withheld").isEqualTo(1);
      assertThat(fromPart.pull()).isZero();
      assertThat(pull(all, late)).isEqualTo(1);
      assertThat(fromPart.pull()).isEqualTo(2);
    }
    pull(part, all);
    assertThat(late.vector()).isEqualTo(all.vector());
    expectSame(all, late, "a/x");
    expectSame(all, late, "b/x");
  }

  @Test
  void aStoreOfTheSameInterestIsServedInFull() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    Tidemark same = open(3, A);
    Tidemark other = open(4, B);
    addToBoth(all, "m");
    pull(all, part);

    assertThat(pull(part, same)).isEqualTo(2);
    expectSame(all, same, "a/x");
    assertThat(pull(part, other)).as("the commit that has nothing for it").isEqualTo(1);
    ForcedFold.truncateAll(part);
    Tidemark later = open(5, A);
    assertThat(pull(part, later)).isEqualTo(1);
    expectSame(all, later, "a/x");
    assertThat(pull(part, open(6))).as("a state that is not whole").isZero();
  }

  @Test
  void aFoldedLogAndAStateComeWithoutTheOtherKeys() {
    Tidemark all = open(1);
    addToBoth(all, "m");
    ForcedFold.foldAll(all);
    Tidemark fromRun = open(2, A);
    assertThat(pull(all, fromRun)).isEqualTo(1);
    ForcedFold.truncateAll(all);
    Tidemark fromState = open(3, A);
    assertThat(pull(all, fromState)).isEqualTo(1);

    for (Tidemark part : List.of(fromRun, fromState)) {
      assertThat(part.vector()).isEqualTo(all.vector());
      expectSame(all, part, "a/x");
      expectNothing(part, "b/x");
    }
  }

  @Test
  void aCommitThatWithholdsWhatIsOwedIsRefused() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    addToBoth(all, "m");
    byte[] whole = commit(all, 2);
    byte[] withheld = PartialCommit.of(whole, B);

    part.accept(commit(all, 1), 1);
    assertThatThrownBy(() -> part.accept(withheld, 1))
        .isInstanceOf(RefusedCommitException.class)
        .hasMessageContaining("withholds")
        .hasMessageContaining("a/x");
    assertThat(part.accept(PartialCommit.of(whole, A), 1)).isTrue();
  }

  /** A sender says of what is owed that it was to a key that nobody here wants. */
  @Test
  void anotherKeyInThePlaceOfTheWithheldOneIsAnotherHistory() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    all.key("a/x").update(new Update.Add(Bytes.utf8("m")));
    byte[] forged = PartialCommit.of(commit(all, 1), B);
    String text = new String(forged, StandardCharsets.ISO_8859_1);
    int key = text.lastIndexOf("a/x");
    forged[key] = 'b';

    assertThatThrownBy(() -> part.accept(forged, 1))
        .isInstanceOf(RefusedCommitException.class)
        .hasMessageContaining("another history");
  }

  /**
   * A state of some operations on a key would claim all before them: what is not held is left out
   * at the door, whoever sends it.
   */
  @Test
  void whatComesOfOtherKeysIsLeftOut() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    addToBoth(all, "m");
    all.flush();
    Tidemark fromState = open(3, A);

    assertThat(part.accept(commit(all, 1), 1)).isTrue();
    assertThat(part.accept(commit(all, 2), 1)).isTrue();
    try (var state = all.export()) {
      assertThat(fromState.accept(state, 1)).isTrue();
    }
    for (Tidemark store : List.of(part, fromState)) {
      assertThat(store.histories()).isEqualTo(all.histories());
      expectSame(all, store, "a/x");
      expectNothing(store, "b/x");
    }
  }

  @Test
  void aRunOfWhoHoldsLessIsRefused() {
    Tidemark part = open(1, A);
    addToBoth(part, "m");
    part.flush();
    Tidemark all = open(2);

    try (var state = part.export()) {
      assertThatThrownBy(() -> all.accept(state, 1))
          .isInstanceOf(RefusedRunException.class)
          .hasMessageContaining("withholds");
    }
  }

  private static byte[] commit(Tidemark store, long position) {
    store.sync();
    try (CommitStream stream = store.commits(position)) {
      assertThat(stream.next()).isTrue();
      return stream.bytes();
    }
  }

  /** A run of it would be of no use to those who hold more: they could never get what it wrote. */
  @Test
  void itFoldsItsOwnCommitsOnlyOnceTheyAreElsewhere() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    addToBoth(part, "m");
    addToBoth(part, "n");
    part.compact();
    part.truncate();
    assertThat(part.log().firstPosition()).isEqualTo(1);
    assertThat(part.log().segments()).noneMatch(SegmentInfo::isFolded);

    pull(part, all);
    addToBoth(all, "o");
    pull(all, part);
    part.compact();
    assertThat(part.log().segments()).anyMatch(SegmentInfo::isFolded);
    expectSame(all, part, "a/x");
  }

  @Test
  void anInterestMayShrinkAndGrowsOnlyOnceTheRestHasCome() {
    Tidemark store = open(1, A.union(B));
    addToBoth(store, "m");
    store.close();
    Tidemark smaller = open(1, A);
    assertThat(smaller.interest()).isEqualTo(A);
    smaller.close();

    assertThatThrownBy(() -> open(1, B))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("held=");
    Tidemark wanting = open(1, Interest.ALL);
    assertThat(wanting.interest()).isEqualTo(A);
    assertThat(wanting.wanted()).isEqualTo(Interest.ALL);
    wanting.close();
    Tidemark again = open(1);
    assertThat(again.interest()).isEqualTo(A);
    expectSame(again, again, "b/x");
  }

  @Test
  void whereItIsEnforcedOtherKeysAreRefusedWhoeverWritesThem() {
    Tidemark all = open(1);
    Tidemark part =
        audit.open(dir.resolve("2"), SCHEMA, options(2).withInterest(A).withInterestEnforced());
    addToBoth(all, "m");

    assertThatThrownBy(() -> addToBoth(part, "n"))
        .isInstanceOf(OutsideInterestException.class)
        .hasMessageContaining("b/x");
    assertThat(part.vector().get(2)).isEqualTo(1);
    part.accept(commit(all, 1), 1);
    assertThatThrownBy(() -> part.accept(commit(all, 2), 1))
        .isInstanceOf(OutsideInterestException.class)
        .hasMessageContaining("b/x");
    assertThat(pull(all, part)).isEqualTo(1);
    part.members().found();
    assertThat(part.members().report().isFounded()).isTrue();
  }

  @Test
  void whatTwoStoresBothHoldIsCompared() {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    addToBoth(all, "m");
    pull(all, part);

    try (StateMoment theirs = all.repairs().moment(part.interest(), () -> {})) {
      assertThat(part.repairs().with(theirs, all.interest(), () -> {}).orElseThrow().isClean())
          .isTrue();
    }
    try (StateMoment theirs = part.repairs().moment(all.interest(), () -> {})) {
      assertThat(all.repairs().with(theirs, part.interest(), () -> {}).orElseThrow().isClean())
          .isTrue();
    }
  }

  /**
   * A store came to hold more keys when another's update had followed its own. Who had neither got
   * none of the two: the log with the first was cut by the second, which the other held back behind
   * the first.
   */
  @Test
  void whatAStoreMadeBeforeItCameToHoldMoreIsStillGiven() {
    Tidemark giver = open(1);
    Tidemark wider = open(2, A);
    Tidemark other = open(3, B);
    wider.update("a/x", new Update.Add(Bytes.utf8("m")));
    pull(wider, other);
    other.update("b/x", new Update.Add(Bytes.utf8("n")));
    pull(other, wider);
    pull(wider, giver);
    pull(other, giver);
    try (Exchange exchange = new Exchange(giver, wider)) {
      assertThat(exchange.widen(A.union(B))).isTrue();
    }

    Tidemark late = open(4);
    pull(other, late);
    assertThat(late.vector()).isEqualTo(VersionVector.EMPTY);
    pull(wider, late);
    pull(other, late);
    assertThat(late.vector()).isEqualTo(giver.vector());
    assertThat(late.value("a/x")).isEqualTo(giver.value("a/x"));
    assertThat(late.value("b/x")).isEqualTo(giver.value("b/x"));
  }

  @Test
  void subscribersHearOfWhatIsHeld() throws InterruptedException {
    Tidemark all = open(1);
    Tidemark part = open(2, A);
    addToBoth(all, "m");
    pull(all, part);
    part.sync();

    try (Subscription since = part.subscribe("", 1)) {
      assertThat(String.valueOf(since.poll(Duration.ofSeconds(60)))).contains("a/x");
      assertThat(String.valueOf(since.poll(Duration.ofSeconds(60)))).contains("a/x").contains("m2");
    }
    assertThat(CommitCodec.decodeHeader(new ByteReader(commit(part, 2))).operations()).isEqualTo(2);
  }
}
