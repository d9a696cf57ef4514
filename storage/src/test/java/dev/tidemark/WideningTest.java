package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static dev.tidemark.Exchanges.widen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.RefusedCommitException;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.RunReception;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.handover.KeysOffer;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store that is to hold more keys than it does gets those, and has then all of them. */
class WideningTest {
  static final Schema SCHEMA =
      Schema.empty()
          .and("a/", Strategy.OR_SET)
          .and("b/", Strategy.OR_SET)
          .and("c/", Strategy.LWW_REGISTER);
  static final Interest A = Interest.ofPrefixes(List.of("a/"));
  static final Interest AB = Interest.ofPrefixes(List.of("a/", "b/"));
  private static final String[] OF_AB = {"a/x", "b/x", "b/y"};

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Tidemark all;
  private Tidemark part;

  @BeforeEach
  void open() {
    all = open(1, Interest.ALL);
    part = open(2, A);
    write(all, "m");
    all.update("b/y", new Update.Add(Bytes.utf8("y")));
    pull(all, part);
  }

  private Tidemark open(int replica, Interest interest) {
    return audit.open(dir.resolve("" + replica), SCHEMA, options(replica).withInterest(interest));
  }

  static Options options(int replica) {
    return QuietOptions.defaults().withReplicaId(replica);
  }

  /** An element to each of two sets, and a register, in one commit. */
  private static void write(Tidemark store, String element) {
    Update add = new Update.Add(Bytes.utf8(element));
    store.commit(
        batch -> {
          batch.key("a/x").update(add);
          batch.key("b/x").update(add);
          batch.key("c/x").update(new Update.SetValue(Bytes.utf8(element)));
        });
  }

  private static void remove(Tidemark store, String element) {
    store.update("b/x", new Update.Remove(Bytes.utf8(element)));
  }

  private static void expectSame(Tidemark one, Tidemark other, String... keys) {
    for (String key : keys) {
      assertThat(other.value(key)).as(key).isEqualTo(one.value(key));
    }
  }

  @Test
  void getsJustTheKeysThatItLacks() {
    assertThat(widen(all, part, AB)).isTrue();

    assertThat(part.interest()).isEqualTo(AB);
    expectSame(all, part, OF_AB);
    assertThat(part.value("c/x")).isEqualTo(part.value("c/none"));
    assertThat(keysOfNewestRun(part)).containsExactly("b/x", "b/y");
    assertThat(widen(all, part, AB)).isTrue();
    assertThat(pull(all, part)).isZero();
  }

  private static List<String> keysOfNewestRun(Tidemark store) {
    store.sync();
    List<String> keys = new ArrayList<>();
    try (CommitStream stream = store.commits(store.log().appendedPosition())) {
      assertThat(stream.next()).isTrue();
      assertThat(stream.isRun()).isTrue();
      RunRecords records = stream.run().records();
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        keys.add(next.key().toUtf8());
      }
    }
    return keys;
  }

  @Test
  void takesWhatFollowsAndHoldsItWhenItIsOpenedAgain() {
    widen(all, part, AB);
    write(all, "n");
    remove(all, "m");
    pull(all, part);
    expectSame(all, part, OF_AB);
    part.close();
    part = audit.open(dir.resolve("2"), SCHEMA, options(2));

    assertThat(part.interest()).isEqualTo(AB);
    expectSame(all, part, OF_AB);
    write(part, "o");
    pull(part, all);
    expectSame(all, part, OF_AB);
  }

  @Test
  void waitsUntilBothHaveSeenTheSame() {
    write(part, "own");
    assertThat(widen(all, part, AB)).as("the other lacks what was written here").isFalse();
    assertThat(part.interest()).isEqualTo(A);
    pull(part, all);
    write(part, "own2");
    assertThat(widen(all, part, AB)).isFalse();
    pull(part, all);
    write(all, "n");
    assertThat(widen(all, part, AB)).isTrue();

    expectSame(all, part, OF_AB);
    assertThat(all.value("b/x").toString()).contains("own", "own2", "m", "n");
  }

  @Test
  void whatItWroteItselfAndOthersRemovedDoesNotComeBack() {
    write(part, "own");
    pull(part, all);
    remove(all, "own");
    assertThat(widen(all, part, AB)).isTrue();

    expectSame(all, part, OF_AB);
    assertThat(part.value("b/x").toString()).contains("m").doesNotContain("own");
    part.flush();
    part.compact();
    expectSame(all, part, OF_AB);
  }

  /** As after a crash between the two steps: it has keys of then, and does not hold them. */
  @Test
  void whatIsLeftOfAnInterestThatWasWiderIsBroughtUpToDate() {
    widen(all, part, AB);
    part.close();
    part = open(2, A);
    remove(all, "m");
    write(all, "n");
    pull(all, part);
    assertThat(part.value("b/x")).isNotEqualTo(all.value("b/x"));

    assertThat(widen(all, part, AB)).isTrue();
    expectSame(all, part, OF_AB);
    assertThat(part.value("b/x").toString()).contains("[n]");
  }

  /** Its log from before has only the places of them. */
  @Test
  void givesThemToOthersFromItsState() {
    Tidemark late = open(3, AB);
    try (Exchange before = new Exchange(part, late)) {
      assertThat(before.pull()).isZero();
      part.compact();
      widen(all, part, AB);
      write(part, "n");
      assertThat(before.pull()).as("it began in the log from before").isZero();
    }
    pull(part, late);
    expectSame(part, late, OF_AB);
    assertThat(late.vector()).isEqualTo(part.vector());
  }

  @Test
  void whoeverHasSeenTheSameReadsOnInItsLog() {
    Tidemark other = open(3, Interest.ALL);
    pull(all, other);
    widen(all, part, AB);
    write(part, "n");
    try (Exchange exchange = new Exchange(part, other)) {
      assertThat(exchange.pull()).isEqualTo(1);
      assertThat(exchange.states()).isZero();
    }
    pull(part, all);
    expectSame(all, other, "a/x", "b/x", "b/y", "c/x");
  }

  /** What it wrote of keys that the other does not hold is whole nowhere else. */
  @Test
  void givesWhatItWroteItselfToWhomItCouldNotGiveItsState() {
    Tidemark ab = open(3, AB);
    write(part, "own");
    pull(all, ab);
    pull(part, ab);
    assertThat(widen(ab, part, AB)).isTrue();

    pull(part, all);
    assertThat(all.value("c/x").toString()).contains("own");
    expectSame(all, part, OF_AB);
  }

  @Test
  void growsToAllAndIsThenLikeAnyOther() {
    write(part, "own");
    pull(part, all);
    assertThat(widen(all, part, Interest.ALL)).isTrue();
    write(part, "n");
    part.flush();
    part.compact();
    Tidemark late = open(3, Interest.ALL);
    pull(part, late);
    pull(part, all);

    expectSame(all, late, "a/x", "b/x", "b/y", "c/x");
    expectSame(all, part, "a/x", "b/x", "b/y", "c/x");
  }

  @Test
  void aRunThatWasOnItsWayIsRefused() {
    write(part, "own");
    pull(part, all);
    try (var state = all.export();
        RunReception none =
            part.receive(
                state.coverage(), state.floor(), state.interest(), 1, all.largeValues().source())) {
      assertThat(none).isNull();
    }
    Tidemark ahead = open(3, Interest.ALL);
    pull(all, ahead);
    write(ahead, "n");
    ahead.flush();
    try (var state = ahead.export();
        RunReception reception =
            part.receive(
                state.coverage(),
                state.floor(),
                state.interest(),
                3,
                ahead.largeValues().source())) {
      RunRecords records = state.records();
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        reception.add(next);
      }
      widen(all, part, AB);
      assertThatThrownBy(reception::finish)
          .isInstanceOf(RefusedRunException.class)
          .hasMessageContaining("while a run was on its way");
    }
    pull(ahead, part);
    expectSame(ahead, part, OF_AB);
  }

  @Test
  void anExchangeThatBeganBeforeIsRefusedWhereItWithholds() {
    try (Exchange before = new Exchange(all, part)) {
      widen(all, part, AB);
      write(all, "n");
      assertThatThrownBy(before::pull)
          .isInstanceOf(RefusedCommitException.class)
          .hasMessageContaining("withholds");
    }
    pull(all, part);
    expectSame(all, part, OF_AB);
  }

  @Test
  void whoeverHoldsTooLittleIsRefused() {
    Tidemark same = open(3, A);
    pull(all, same);
    assertThatThrownBy(() -> widen(same, part, AB))
        .isInstanceOf(RefusedRunException.class)
        .hasMessageContaining("withholds");
    assertThat(part.interest()).isEqualTo(A);
  }

  /** The other need not hold what this one does. */
  @Test
  void whatItGetsIsAddedToWhatItHolds() {
    Interest b = Interest.ofPrefixes(List.of("b/"));
    Tidemark other = open(3, b);
    pull(all, other);
    assertThat(widen(other, part, b)).isTrue();

    assertThat(part.interest()).isEqualTo(AB);
    expectSame(all, part, OF_AB);
    assertThat(widen(other, part, b)).isTrue();
  }

  /** Elements that were added, removed and forgotten by all do not come back, and none is lost. */
  @Test
  void getsWhatIsThereWhereSomethingWasForgotten() {
    forgetOneOfTwo();
    assertThat(part.members().report().floor().seen().get(1)).isPositive();

    assertThat(widen(all, part, AB)).isTrue();
    expectSame(all, part, OF_AB);
    assertThat(part.value("b/x").toString()).contains("[m, stays]");
    part.flush();
    part.compact();
    part.close();
    part = audit.open(dir.resolve("2"), SCHEMA, options(2));
    expectSame(all, part, OF_AB);
    assertThat(part.collect().floor().isNone()).isFalse();
    expectSame(all, part, OF_AB);
  }

  /** It held them when they were added, and not when they were removed and forgotten. */
  @Test
  void whatIsLeftOfForgottenKeysDoesNotComeBack() {
    widen(all, part, AB);
    part.close();
    part = open(2, A);
    assertThat(part.value("b/x").toString()).contains("m");
    all.update("b/y", new Update.Remove(Bytes.utf8("y")));
    remove(all, "m");
    forgetOneOfTwo();
    assertThat(part.value("b/x").toString()).as("it does not keep it up").contains("m");

    assertThat(widen(all, part, AB)).isTrue();
    expectSame(all, part, OF_AB);
    assertThat(part.value("b/x").toString()).contains("[stays]");
    pull(part, all);
    expectSame(all, part, OF_AB);
    assertThat(part.value("b/x").toString()).contains("[stays]");
  }

  /**
   * The run said nothing of them, which is no register: it could not be read, nor could the log.
   */
  @Test
  void whatIsLeftOfRegistersThatAreForgottenGoes() {
    Interest ac = Interest.ofPrefixes(List.of("a/", "c/"));
    all.update("c/once", new Update.SetValue(Bytes.utf8("was here")));
    pull(all, part);
    assertThat(widen(all, part, ac)).isTrue();
    part.close();
    part = open(2, A);
    all.update("c/once", new Update.Delete());
    forgetOneOfTwo();
    assertThat(part.value("c/once").toString()).contains("was here");

    assertThat(widen(all, part, ac)).isTrue();
    expectSame(all, part, "c/once", "c/x");
    part.close();
    part = audit.open(dir.resolve("2"), SCHEMA, options(2));
    expectSame(all, part, "c/once", "c/x");
  }

  private void forgetOneOfTwo() {
    all.members().found();
    all.members().admit(2);
    write(all, "gone");
    write(all, "stays");
    remove(all, "gone");
    for (int i = 0; i < 4; i++) {
      pull(all, part);
      part.members().acknowledge();
      pull(part, all);
      all.members().acknowledge();
    }
    assertThat(all.collect().floor().isNone()).isFalse();
    pull(all, part);
    pull(part, all);
    part.collect();
  }

  /** They are of keys that it held, so they change nothing of the others. */
  @Test
  void needNotWaitForItsOwnOperations() {
    part.update("a/x", new Update.Add(Bytes.utf8("own")));
    assertThat(widen(all, part, AB)).isTrue();
    expectSame(all, part, "b/x", "b/y");
    pull(part, all);
    expectSame(all, part, OF_AB);
  }

  @Test
  void waitsForItsOwnOperationsOnKeysThatItDidNotHold() {
    part.update("b/x", new Update.Remove(Bytes.utf8("m")));
    part.update("a/x", new Update.Add(Bytes.utf8("own")));
    assertThat(widen(all, part, AB)).isFalse();
    part.close();
    part = audit.open(dir.resolve("2"), SCHEMA, options(2));
    assertThat(widen(all, part, AB)).as("known after an open, too").isFalse();
    pull(part, all);
    assertThat(widen(all, part, AB)).isTrue();
    expectSame(all, part, OF_AB);
  }

  @Test
  void keysThatWereNotAskedForAreRefused() {
    try (var whole = all.exportAll();
        var widening = part.widen(KeysOffer.of(whole, AB), 1, all.largeValues().source())) {
      RunRecords records = whole.records();
      assertThatThrownBy(
              () -> {
                for (RunRecord next = records.next(); next != null; next = records.next()) {
                  widening.add(next);
                }
              })
          .isInstanceOf(RefusedRunException.class)
          .hasMessageContaining("was not asked for");
    }
    assertThat(part.interest()).isEqualTo(A);
  }

  @Test
  void aFloorThatNobodyHasToldIsRefused() {
    try (var whole = all.exportAll()) {
      KeysOffer offer =
          new KeysOffer(whole.coverage(), new Floor(9, all.vector()), whole.interest(), AB);
      assertThatThrownBy(() -> part.widen(offer, 1, all.largeValues().source()))
          .isInstanceOf(RefusedRunException.class)
          .hasMessageContaining("forgotten more");
    }
  }

  @ParameterizedTest
  @CsvSource({"run_aside.after:1, false", "run_attach.before:1, false", "run_attach.after:1, true"})
  void beginsAnewAfterItWasKilled(String moment, boolean attached) throws Exception {
    forgetOneOfTwo();
    all.close();
    part.close();
    Process process =
        JavaProcess.of(
                List.of("-Xmx256m", "-D" + CrashPoint.PROPERTY + "=" + moment),
                WideningProcess.class,
                dir.resolve("1").toString(),
                dir.resolve("2").toString())
            .start();
    assertThat(process.waitFor()).isEqualTo(128 + 9);
    all = audit.open(dir.resolve("1"), SCHEMA, options(1));
    part = audit.open(dir.resolve("2"), SCHEMA, options(2));

    assertThat(part.interest()).isEqualTo(A);
    assertThat(part.value("b/y").equals(all.value("b/y"))).isEqualTo(attached);
    remove(all, "m");
    assertThat(widen(all, part, AB)).isTrue();
    expectSame(all, part, OF_AB);
  }
}
