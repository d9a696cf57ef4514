package dev.tidemark.replication.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.replication.gossip.Member.State;
import dev.tidemark.replication.v1.MemberWord;
import dev.tidemark.replication.v1.Members;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a member makes of what others tell it, on a clock that the test moves. */
class MemberTableTest {
  private static final GossipOptions OPTIONS =
      GossipOptions.DEFAULT.withPatience(
          Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(10));

  private long now = 1_000_000;

  private MemberTable table(int replica) {
    return table(replica, null);
  }

  private MemberTable table(int replica, Set<String> allowed) {
    return new MemberTable(
        "m" + replica, replica, List.of("host:" + (7000 + replica)), OPTIONS, allowed, () -> now);
  }

  private void tell(MemberTable from, MemberTable to) {
    to.merge(MemberFrames.decode(MemberFrames.encode(from.beat(7)), now));
  }

  private static State state(MemberTable table, long replica) {
    return table.others().stream()
        .map(MemberTable.Sight::member)
        .filter(member -> member.replicaId() == replica)
        .map(Member::state)
        .findFirst()
        .orElse(null);
  }

  private void pass(int seconds) {
    now += seconds * 1000L;
  }

  @Test
  void aMemberIsHeardOfThroughAnother() {
    MemberTable a = table(1);
    MemberTable b = table(2);
    MemberTable c = table(3);
    tell(a, b);
    tell(b, c);
    assertThat(c.others()).extracting(sight -> sight.member().name()).containsExactly("m1", "m2");
    assertThat(c.others().get(0).member().addresses()).containsExactly("host:7001");
    assertThat(c.others().get(0).member().operations()).isEqualTo(7);
  }

  @Test
  void whoIsSilentIsSuspectedThenDownThenForgotten() {
    MemberTable a = table(1);
    MemberTable b = table(2);
    tell(a, b);
    pass(4);
    b.tick();
    assertThat(state(b, 1)).isEqualTo(State.ALIVE);
    pass(1);
    b.tick();
    assertThat(state(b, 1)).isEqualTo(State.SUSPECT);
    pass(30);
    b.tick();
    assertThat(state(b, 1)).isEqualTo(State.DOWN);
    assertThat(b.others().get(0).heardMillisAgo()).isEqualTo(35_000);
    pass(600);
    b.tick();
    assertThat(b.others()).isEmpty();
  }

  @Test
  void aBeatThatIsPassedOnKeepsAMemberAlive() {
    MemberTable a = table(1);
    MemberTable b = table(2);
    MemberTable c = table(3);
    for (int i = 0; i < 10; i++) {
      tell(a, b);
      tell(b, c);
      pass(4);
      c.tick();
      assertThat(state(c, 1)).isEqualTo(State.ALIVE);
    }
  }

  @Test
  void whoIsSuspectedTakesItBackInAHigherIncarnation() {
    MemberTable a = table(1);
    MemberTable b = table(2);
    MemberTable c = table(3);
    tell(a, b);
    tell(a, c);
    pass(5);
    b.tick();
    tell(b, c);
    assertThat(state(c, 1)).isEqualTo(State.SUSPECT);
    long before = a.self().incarnation();
    // Its old word does not help it.
    tell(a, c);
    assertThat(state(c, 1)).isEqualTo(State.SUSPECT);
    tell(b, a);
    assertThat(a.self().incarnation()).isEqualTo(before + 1);
    tell(a, b);
    tell(b, c);
    assertThat(state(b, 1)).isEqualTo(State.ALIVE);
    assertThat(state(c, 1)).isEqualTo(State.ALIVE);
  }

  @Test
  void aMemberThatCountedAsDownIsThereAgainAfterItsRestart() {
    MemberTable a = table(1);
    MemberTable b = table(2);
    tell(a, b);
    pass(5);
    b.tick();
    pass(30);
    b.tick();
    assertThat(state(b, 1)).isEqualTo(State.DOWN);
    tell(table(1), b);
    assertThat(state(b, 1)).isEqualTo(State.ALIVE);
  }

  @Test
  void whoTookLeaveIsNotSuspected() {
    MemberTable a = table(1);
    MemberTable b = table(2);
    MemberTable c = table(3);
    tell(a, b);
    tell(a, c);
    b.left(1);
    tell(b, c);
    pass(60);
    c.tick();
    assertThat(state(c, 1)).isEqualTo(State.LEFT);
    // It is not learned of by who had never heard of it.
    MemberTable d = table(4);
    tell(c, d);
    assertThat(state(d, 1)).isNull();
  }

  @Test
  void takesInNobodyWhoIsNotAllowedAndNoMoreThanItsBound() {
    MemberTable strict = table(1, Set.of("m2"));
    tell(table(2), strict);
    tell(table(3), strict);
    assertThat(strict.others()).hasSize(1);
    assertThat(strict.leftOut()).isEqualTo(1);
    MemberTable open = table(1);
    LongStream.range(2, 1000).forEach(replica -> tell(table((int) replica), open));
    assertThat(open.others()).hasSize(MemberTable.MOST - 1);
  }

  private static MemberWord.Builder word() {
    return MemberWord.newBuilder()
        .setName("x")
        .setReplicaId(9)
        .setIncarnation(1)
        .setState(MemberWord.State.ALIVE);
  }

  @Test
  void refusesByNameWhatNoMemberSays() {
    List<MemberWord.Builder> words =
        List.of(
            word().setName(""),
            word().setName("a\nb"),
            word().setName("n".repeat(300)),
            word().setReplicaId(0),
            word().setBeat(-1),
            word().setOperations(-1),
            word().addAddresses("nowhere"),
            word().addAddresses("host:99999"),
            word().addAddresses("host:0"),
            word().addAddresses("ho st:1"),
            word().addAllAddresses(List.of("a:1", "a:2", "a:3", "a:4", "a:5")));
    for (MemberWord.Builder word : words) {
      Members told = Members.newBuilder().addMembers(word).build();
      assertThatThrownBy(() -> MemberFrames.decode(told, now))
          .isInstanceOfSatisfying(
              SessionEndedException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED_MEMBERS));
    }
    Members.Builder many = Members.newBuilder();
    LongStream.range(0, 300).forEach(i -> many.addMembers(word()));
    assertThatThrownBy(() -> MemberFrames.decode(many.build(), now))
        .isInstanceOf(SessionEndedException.class);
  }

  /** Whoever takes it for true could never be told by the member itself that it is not. */
  @Test
  void passesOverAnIncarnationThatIsFarAhead() {
    Members told =
        Members.newBuilder().addMembers(word().setIncarnation(now + 100_000_000)).build();
    assertThat(MemberFrames.decode(told, now)).isEmpty();
  }
}
