package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.CommitStream;
import dev.tidemark.Exchange;
import dev.tidemark.Exchanges;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.RefusedCommitException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A maker is gone, and what it made is with stores that do not hold its keys. Those gave nothing
 * more to any that do, for ever.
 */
class LostMakerTest {
  private static final Interest SETS = Interest.ofPrefixes(Set.of("set/"));
  private static final Interest COUNTS = Interest.ofPrefixes(Set.of("count/"));
  private static final Interest VALUES = Interest.ofPrefixes(Set.of("value/"));
  private static final int MADE = 30;

  @RegisterExtension final Stores stores = new Stores();
  private final List<Replicator> started = new ArrayList<>();

  private Tidemark open(int number, Interest... interests) {
    Interest interest = Arrays.stream(interests).reduce(Interest.NONE, Interest::union);
    return stores.open(number, interest);
  }

  /** Begun anew with all that were before as its peers. */
  private Replicator start(Tidemark store) throws Exception {
    Replicator replicator =
        stores.start(
            store, Loopback.options("store" + store.replicaId()).withPeers(Loopback.of(started)));
    started.add(replicator);
    return replicator;
  }

  private static void found(Tidemark first, Tidemark... others) {
    first.members().found();
    for (Tidemark other : others) {
      first.members().admit(other.replicaId());
    }
    for (Tidemark other : others) {
      pull(first, other);
    }
  }

  private static void pull(Tidemark from, Tidemark to) {
    from.sync();
    Exchanges.pull(from, to);
  }

  private static void add(Tidemark store, String key, int from, int count) {
    for (int i = from; i < from + count; i++) {
      store.update(key, new Update.Add(Bytes.utf8("e" + i)));
    }
  }

  private static void awaitLacking(Replicator of) {
    Stores.await(
        () -> of.status().sessions().stream().anyMatch(s -> s.lacking()),
        () -> "nobody waits: " + of.status());
  }

  private static int elements(Tidemark store, String key) {
    return ((Value.Elements) store.value(key)).elements().size();
  }

  /**
   * One update is known to a store that holds its key, the rest to one that does not. Its maker is
   * retired at the latter alone, whose word lies behind what the others wait for.
   */
  @Test
  void whatNobodyHasIsGivenUpOnceItsMakerIsRetired() throws Exception {
    Tidemark one = open(1, SETS);
    Tidemark two = open(2, SETS, VALUES);
    Tidemark three = open(3, COUNTS);
    Tidemark maker = open(4, SETS, COUNTS);
    found(one, two, three, maker);
    add(maker, "set/a", 0, 1);
    pull(maker, two);
    add(maker, "set/a", 1, MADE);
    maker.update("count/a", new Update.Increment(7));
    pull(maker, three);
    maker.close();
    three.update("count/a", new Update.Increment(1));

    Replicator third = start(three);
    Replicator second = start(two);
    Replicator first = start(one);
    awaitLacking(third);
    add(one, "set/a", 1000, 1);
    three.members().retire(4);
    Stores.awaitSeen(one, two, three);

    assertThat(one.value("set/a")).isEqualTo(two.value("set/a"));
    assertThat(elements(one, "set/a")).isEqualTo(2);
    assertThat(three.value("count/a")).isEqualTo(new Value.Counter(BigInteger.valueOf(8)));
    assertThat(first.status().operationsLost() + second.status().operationsLost())
        .isBetween((long) MADE, 2L * MADE);
    add(two, "set/a", 2000, 5);
    three.update("count/a", new Update.Increment(1));
    Stores.awaitSeen(one, two, three);
    assertThat(elements(one, "set/a")).isEqualTo(7);
    expectTheSameAfterwards(one, two);
  }

  /** Folded, and given to one who is new, what was lost is not waited for either. */
  private void expectTheSameAfterwards(Tidemark one, Tidemark two) {
    one.compact();
    Tidemark all = open(5, SETS);
    pull(one, all);
    pull(two, all);
    assertThat(all.value("set/a")).isEqualTo(one.value("set/a"));
  }

  /**
   * Two makers are gone; each store has something that the next lacks, behind what it lacks itself.
   */
  @Test
  void whatIsThereIsPutTogetherThoughEachWaitsForTheOther() throws Exception {
    Tidemark one = open(1, SETS, COUNTS);
    Tidemark two = open(2, SETS);
    Tidemark three = open(3, COUNTS);
    Tidemark maker = open(4, SETS, COUNTS);
    Tidemark other = open(5, SETS, COUNTS);
    found(one, two, three, maker, other);
    add(maker, "set/a", 0, MADE);
    other.update("count/a", new Update.Increment(7));
    pull(other, two);
    pull(maker, two);
    pull(maker, three);
    pull(other, three);
    maker.close();
    other.close();

    Replicator second = start(two);
    Replicator third = start(three);
    Replicator first = start(one);
    Stores.awaitSeen(one, two, three);

    assertThat(elements(one, "set/a")).isEqualTo(MADE);
    assertThat(one.value("count/a")).isEqualTo(new Value.Counter(BigInteger.valueOf(7)));
    for (Replicator replicator : List.of(first, second, third)) {
      assertThat(replicator.status().operationsLost()).isZero();
    }
  }

  /** Each is the cause of the next: one or two were given up for each question, in some 1.5 s. */
  @Test
  void whatTwoMadeInTurnIsGivenUpInAFewQuestions() throws Exception {
    Tidemark one = open(1, SETS);
    Tidemark three = open(3, COUNTS);
    Tidemark maker = open(4, SETS, COUNTS);
    Tidemark other = open(5, SETS, COUNTS);
    found(one, three, maker, other);
    int turns = 150;
    for (int i = 0; i < turns; i++) {
      add(maker, "set/a", 2 * i, 1);
      pull(maker, other);
      add(other, "set/a", 2 * i + 1, 1);
      pull(other, maker);
    }
    pull(maker, three);
    maker.close();
    other.close();
    three.members().retire(4);
    three.members().retire(5);

    start(three);
    Replicator first = start(one);
    Stores.awaitSeen(one, three);

    assertThat(elements(one, "set/a")).isZero();
    assertThat(first.status().operationsLost()).isEqualTo(2L * turns);
  }

  @Test
  void aMemberThatIsAwayIsWaitedForSinceItMayHaveIt() throws Exception {
    Tidemark one = open(1, SETS);
    Tidemark two = open(2, SETS);
    Tidemark three = open(3, COUNTS);
    Tidemark maker = open(4, SETS, COUNTS);
    found(one, two, three, maker);
    add(maker, "set/a", 0, MADE);
    pull(maker, two);
    pull(maker, three);
    maker.close();
    three.members().retire(4);

    Replicator third = start(three);
    Replicator first = start(one);
    awaitLacking(third);
    Stores.await(
        () -> one.members().report().forsaken().contains(4L),
        () -> "not told of the retirement: " + one.members().report());
    assertThat(one.vector().get(4)).isZero();
    start(two);
    Stores.awaitSeen(one, two, three);

    assertThat(elements(one, "set/a")).isEqualTo(MADE);
    assertThat(first.status().operationsLost()).isZero();
  }

  @Test
  void whatIsSaidToBeLostOfOneThatWasNotRetiredIsRefused() {
    Tidemark one = open(1, SETS);
    Tidemark maker = open(4, SETS);
    found(one, maker);
    add(maker, "set/a", 0, 1);
    maker.sync();
    byte[] made = {};
    try (CommitStream in = maker.commitsLacking(one.vector())) {
      while (in.next()) {
        made = in.bytes();
      }
    }
    byte[] lost = PartialCommit.lost(PartialCommit.of(made, COUNTS), SETS);

    assertThatThrownBy(() -> one.accept(lost, 3))
        .isInstanceOf(RefusedCommitException.class)
        .hasMessageContaining("gives up operations of one that was not retired");
    assertThat(one.vector().get(4)).isZero();
  }

  /** It gives its deltas up to a bound; what lay behind that was given up. */
  @Test
  void whatAMemberHasNotToldYetIsNotLost() throws Exception {
    Tidemark one = open(1, SETS, VALUES);
    Tidemark two = open(2, SETS, COUNTS);
    Tidemark three = open(3, COUNTS);
    Tidemark maker = open(4, SETS);
    Tidemark other = open(5, VALUES);
    found(one, two, three, maker, other);
    other.update("value/a", new Update.SetValue(Bytes.utf8("lost")));
    pull(other, two);
    for (int i = 0; i < 400; i++) {
      maker.update("set/a", new Update.Add(Bytes.utf8("e".repeat(2_000) + i)));
    }
    pull(maker, two);
    pull(maker, three);
    maker.close();
    other.close();
    two.close();
    Tidemark narrow = open(2, COUNTS);
    assertThat(narrow.interest()).isEqualTo(COUNTS);
    one.members().retire(4);
    one.members().retire(5);

    start(narrow);
    start(three);
    Replicator first = start(one);
    Stores.awaitSeen(one, narrow, three);

    assertThat(elements(one, "set/a")).isEqualTo(400);
    assertThat(first.status().operationsLost()).isEqualTo(1);
  }

  /** A retirement that was heard of did not keep a store from taking more of the retired one. */
  @Test
  void whoHasSaidSoTakesNothingMoreFromOneThatWasRetired() {
    Tidemark one = open(1, SETS);
    Tidemark two = open(2, SETS);
    Tidemark maker = open(4, SETS);
    found(one, two, maker);
    add(maker, "set/a", 0, 1);
    pull(maker, one);
    pull(maker, two);
    one.members().retire(4);
    pull(one, two);
    assertThat(two.members().report().forsaken()).isEmpty();
    two.members().forsake(1, Set.of(), replica -> false);
    assertThat(two.members().report().forsaken()).containsExactly(4L);

    add(maker, "set/a", 1, 1);
    maker.sync();
    try (Exchange exchange = new Exchange(maker, two)) {
      assertThatThrownBy(exchange::pull).isInstanceOf(NotMemberException.class);
    }
    assertThat(two.vector().get(4)).isEqualTo(1);
  }

  /** It was given deltas of keys that it lets nobody change, and refused them each time. */
  @Test
  void aStoreThatEnforcesItsInterestGoesOn() throws Exception {
    Tidemark one =
        stores.open("store1", Stores.options(1).withInterest(SETS).withInterestEnforced());
    Tidemark three = open(3, COUNTS);
    Tidemark maker = open(4, SETS, COUNTS);
    found(one, three, maker);
    maker.commit(
        batch -> {
          batch.key("set/a").update(new Update.Add(Bytes.utf8("e")));
          batch.key("count/a").update(new Update.Increment(1));
        });
    pull(maker, three);
    maker.close();

    start(three);
    Replicator first = start(one);
    three.members().retire(4);
    Stores.awaitSeen(one, three);
    assertThat(first.status().operationsLost()).isEqualTo(1);
    assertThat(elements(one, "set/a")).isZero();
  }
}
