package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.KillCopy;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.replication.consistency.Acknowledged;
import dev.tidemark.replication.consistency.Level;
import dev.tidemark.replication.consistency.LevelTimeoutException;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.membership.RingReport;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members of a ring over a network: they come and go, and one is killed, while all write. */
class RingSessionsTest {
  private static final int KEYS = 24;
  private static final int POINTS = 8;
  private static final long MOST_AHEAD = 200;
  private static final Duration LONG = Duration.ofSeconds(60);

  @RegisterExtension final Stores stores = new Stores();
  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private final Map<String, Member> members = new ConcurrentSkipListMap<>();
  private final Map<String, Collection<Bytes>> added = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> counted = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  /** One member, and who writes to it. */
  private final class Member {
    private final int number;
    private final String name;
    private Tidemark store;
    private Replicator replicator;
    private Thread writer;
    private volatile boolean over;
    private volatile boolean isOpen;
    private volatile Throwable failure;

    Member(String name) {
      this.name = name;
      this.number = name.charAt(0) - 'a' + 1;
      members.put(name, this);
    }

    private Options options() {
      return Stores.options(number).withStewardInterval(Duration.ofMillis(20)).withRingMember(name);
    }

    void begin(Options options) throws IOException {
      store = stores.open("store" + number, options);
      List<InetSocketAddress> others = new ArrayList<>(addresses);
      others.remove(number - 1);
      connect(addresses.get(number - 1), others);
      isOpen = true;
    }

    void connect(InetSocketAddress at, List<InetSocketAddress> others) throws IOException {
      replicator = stores.start(store, Loopback.options(name).withListen(at).withPeers(others));
    }

    void write() {
      over = false;
      writer = new Thread(this::writeUntilOver);
      writer.start();
    }

    private void writeUntilOver() {
      Random random = new Random(number);
      try {
        for (long i = 0; !over; i++) {
          String key = "" + random.nextInt(KEYS);
          Bytes element = Bytes.utf8(name + store.vector().get(number) + "-" + i);
          if (isTaken("set/" + key, new Update.Add(element))) {
            added.computeIfAbsent(key, k -> new ConcurrentLinkedQueue<>()).add(element);
          }
          if (isTaken("count/" + key, new Update.Increment(1))) {
            counted.computeIfAbsent(key, k -> new AtomicLong()).incrementAndGet();
          }
          awaitOthers();
        }
      } catch (Throwable e) {
        failure = e;
      }
    }

    /** What is written has to arrive: nobody goes ahead of all others by much. */
    private void awaitOthers() {
      while (!over && isAhead()) {
        LockSupport.parkNanos(1_000_000);
      }
    }

    private boolean isAhead() {
      long made = store.vector().get(number);
      return members.values().stream()
          .filter(other -> other != this && other.isOpen)
          .anyMatch(other -> made - other.store.vector().get(number) > MOST_AHEAD);
    }

    private boolean isTaken(String key, Update update) {
      try {
        store.update(key, update);
      } catch (OutsideInterestException outside) {
        assertThat(outside.owners()).as(key).isNotEmpty();
        refused.incrementAndGet();
        Thread.yield();
        return false;
      }
      store.sync();
      return true;
    }

    void rest() throws InterruptedException {
      over = true;
      writer.join();
      assertThat(failure).isNull();
    }

    /** As a kill would leave it; the others go on. */
    void killAndOpen() throws Exception {
      rest();
      isOpen = false;
      replicator.close();
      KillCopy.kill(store, stores.root().resolve("store" + number));
      begin(options());
      write();
    }

    void end() throws InterruptedException {
      rest();
      isOpen = false;
      replicator.close();
      store.close();
    }
  }

  private Member begin(String name, Interest interest) throws IOException {
    Member member = new Member(name);
    member.begin(member.options().withInterest(interest));
    member.write();
    return member;
  }

  private void awaitSettled(long epoch, String... names) {
    for (String name : names) {
      Member member = members.get(name);
      Stores.await(
          () -> isSettled(member.store.ring().report(), epoch),
          () -> name + ": " + reports() + ", " + member.replicator.status());
    }
  }

  private static boolean isSettled(RingReport report, long epoch) {
    return report.id().epoch() == epoch
        && report.isSettled()
        && report.held().equals(report.share());
  }

  private List<RingReport> reports() {
    return members.values().stream().map(member -> member.store.ring().report()).toList();
  }

  @Test
  void keysGoToWhoOwnsThemAndNothingIsLostWhileMembersComeAndGo() throws Exception {
    addresses.addAll(Loopback.unused(4));
    Member a = begin("a", Interest.ALL);
    Member b = begin("b", Interest.NONE);
    Member c = begin("c", Interest.NONE);
    a.store.ring().announce(POINTS, 2, List.of("a", "b", "c"));
    awaitSettled(1, "a", "b", "c");

    Member d = begin("d", Interest.NONE);
    a.store.ring().join("d");
    c.killAndOpen();
    awaitSettled(2, "a", "b", "c", "d");
    expectLevelsOverOwners();

    b.store.ring().leave("a");
    awaitSettled(3, "a", "b", "c", "d");
    Stores.await(() -> a.store.ring().report().isFree(), () -> reports().toString());
    assertThat(a.store.interest()).isEqualTo(Interest.NONE);
    a.end();
    members.remove("a");

    for (Member member : List.of(b, c, d)) {
      member.rest();
    }
    awaitSeen();
    expectOwnersHoldAll();
    assertThat(refused.get()).as("updates refused").isPositive();
  }

  /**
   * The last updates of a member have reached one other, which owns none of their keys, when it is
   * lost with its disk: what was logged behind them there, the drop and the retirement among it,
   * came to no owner of these keys any more.
   */
  @Test
  void aMemberIsLostWithWhatOnlyOneHasHeardOf() throws Exception {
    addresses.addAll(Loopback.unused(4));
    for (String name : List.of("a", "b", "c", "d")) {
      Member member = new Member(name);
      Interest interest = name.equals("a") ? Interest.ALL : Interest.NONE;
      member.begin(member.options().withInterest(interest));
    }
    Member a = members.get("a");
    Member d = members.get("d");
    a.store.members().found();
    for (long other = 2; other <= 4; other++) {
      a.store.members().admit(other);
    }
    awaitSeen();
    a.store.ring().announce(POINTS, 2, List.of("a", "b", "c", "d"));
    awaitSettled(1, "a", "b", "c", "d");
    members.values().forEach(Member::write);
    Stores.await(
        () -> added.values().stream().mapToInt(Collection::size).sum() > 200, () -> "" + added);

    d.rest();
    awaitSeenOf(d, members.values());
    d.replicator.close();
    d.connect(Loopback.at(0), List.of(addresses.get(0)));
    String key = ownedWithout(d, a);
    for (int i = 0; i < 30; i++) {
      d.store.update(key, new Update.Add(Bytes.utf8("lost" + i)));
    }
    d.store.sync();
    awaitSeenOf(d, List.of(a));
    d.isOpen = false;
    d.replicator.close();
    d.store.close();
    members.remove("d");
    a.store.ring().drop("d");
    a.store.members().retire(d.number);
    awaitSettled(2, "a", "b", "c");

    for (Member member : members.values()) {
      member.rest();
    }
    awaitSeen();
    expectOwnersHoldAll();
    assertThat(
            members.values().stream()
                .mapToLong(member -> member.replicator.status().operationsLost())
                .sum())
        .isBetween(30L, 60L);
  }

  private static void awaitSeenOf(Member maker, Collection<Member> by) {
    Stores.await(
        () ->
            by.stream()
                .allMatch(
                    each ->
                        each.store.vector().get(maker.number)
                            == maker.store.vector().get(maker.number)),
        () -> by.stream().map(each -> each.store.vector()).toList().toString());
  }

  /** A key that one owns, and another does not. */
  private static String ownedWithout(Member owner, Member other) {
    for (int key = 0; key < KEYS; key++) {
      List<String> owners = owner.store.ring().owners("set/" + key);
      if (owners.contains(owner.name) && !owners.contains(other.name)) {
        return "set/" + key;
      }
    }
    throw new AssertionError("no such key: " + owner.name);
  }

  private void expectLevelsOverOwners() {
    for (Member member : members.values()) {
      String key = owned(member);
      Acknowledged done = increment(member, key);
      counted.computeIfAbsent(key.substring(6), k -> new AtomicLong()).incrementAndGet();
      assertThat(done.progress().names())
          .containsExactlyInAnyOrderElementsOf(member.store.ring().owners(key));
    }
  }

  private Acknowledged increment(Member member, String key) {
    try {
      return member.replicator.update(
          key, access -> access.update(new Update.Increment(1)), Level.ALL, LONG);
    } catch (LevelTimeoutException e) {
      throw new AssertionError(
          member.name + ": " + e.progress() + ", " + member.replicator.status(), e);
    }
  }

  private static String owned(Member member) {
    for (int key = 0; key < KEYS; key++) {
      if (member.store.ring().owners("count/" + key).contains(member.name)) {
        return "count/" + key;
      }
    }
    throw new AssertionError("owns nothing: " + member.name);
  }

  private void awaitSeen() {
    Stores.await(
        () -> members.values().stream().map(each -> each.store.vector()).distinct().count() == 1,
        () ->
            "vectors "
                + members.values().stream()
                    .map(each -> each.store.vector() + " " + each.replicator.status())
                    .toList());
  }

  private void expectOwnersHoldAll() {
    for (int key = 0; key < KEYS; key++) {
      Value set = valueAtOwners("set/" + key);
      assertThat(((Value.Elements) set).elements())
          .containsAll(added.getOrDefault("" + key, List.of()));
      Value count = valueAtOwners("count/" + key);
      assertThat(count)
          .isEqualTo(
              new Value.Counter(
                  BigInteger.valueOf(counted.getOrDefault("" + key, new AtomicLong()).get())));
    }
    members
        .values()
        .forEach(
            member ->
                assertThat(member.replicator.status().ended())
                    .doesNotContainKey(Reason.REFUSED_CONTENT)
                    .doesNotContainKey(Reason.MALFORMED_FRAME)
                    .doesNotContainKey(Reason.LOCAL_FAILURE));
  }

  private Value valueAtOwners(String key) {
    List<String> owners = members.get("b").store.ring().owners(key);
    Value value = null;
    for (Member member : members.values()) {
      boolean isOwner = owners.contains(member.name);
      assertThat(member.store.interest().covers(Bytes.utf8(key))).as(key).isEqualTo(isOwner);
      if (isOwner) {
        Value here = member.store.value(key);
        assertThat(here).as(key).isEqualTo(value == null ? here : value);
        value = here;
      }
    }
    return value;
  }
}
