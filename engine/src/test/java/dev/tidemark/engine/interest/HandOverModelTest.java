package dev.tidemark.engine.interest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores that say what the hand-over says, in any order, while they write, crash, come and go, and
 * announce rings at once.
 */
class HandOverModelTest {
  private static final int NAMES = 6;
  private static final int STEPS = 500;

  private final List<Bytes> keys =
      IntStream.range(0, 12).mapToObj(i -> Bytes.utf8("key/" + i)).toList();
  private final List<ModelMember> stores = new ArrayList<>();
  private final Set<String> dead = new HashSet<>();
  private final Set<String> free = new HashSet<>();
  private int copies;

  static LongStream seeds() {
    // In the last ones, one that was told that it is free was waited for by a ring announced at
    // once, or had heard of an update that its maker, who owns the key by now, kept for itself.
    return LongStream.concat(
        LongStream.rangeClosed(1, Boolean.getBoolean("tidemark.nightly") ? 20_000 : 60),
        LongStream.of(4_496, 12_835, 18_033, 19_891));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyKeyEndsWithItsOwnersAndNothingIsLost(long seed) {
    Random random = new Random(seed);
    found(random);
    for (int step = 0; step < STEPS; step++) {
      ModelMember store = live(random);
      switch (random.nextInt(24)) {
        case 0, 1, 2, 3, 4, 5 -> write(store, random);
        case 6, 7, 8 -> store.sync();
        case 9, 10, 11, 12, 13, 14 -> store.pull(live(random));
        case 15, 16, 17 -> widen(store, live(random));
        case 18, 19, 20, 21 -> advance(store);
        case 22 -> change(store, random);
        default -> {
          if (isFree(store)) {
            free.add(store.name);
            dead.add(store.name);
          } else if (random.nextInt(4) > 0) {
            store.crash();
          } else {
            lose(store, random);
          }
        }
      }
      expectThatSomebodyTakesUpdates();
    }
    settle();
    expectOwners();
  }

  private void found(Random random) {
    copies = 1 + random.nextInt(2);
    int founders = 1 + random.nextInt(3);
    List<String> members = new ArrayList<>();
    for (int i = 0; i < NAMES; i++) {
      stores.add(new ModelMember("n" + i, i < founders ? Interest.ALL : Interest.NONE));
      if (i < founders) {
        members.add("n" + i);
      }
    }
    announce(stores.get(0), Ring.first(members, 1 + random.nextInt(6), copies), false);
  }

  private ModelMember live(Random random) {
    List<ModelMember> live = live();
    return live.get(random.nextInt(live.size()));
  }

  private List<ModelMember> live() {
    return stores.stream().filter(store -> !dead.contains(store.name)).toList();
  }

  private static boolean isFree(ModelMember store) {
    HandOver now = store.handOver();
    return now != null && now.isFree();
  }

  private void write(ModelMember store, Random random) {
    Bytes key = keys.get(random.nextInt(keys.size()));
    if (store.mayWrite(key)) {
      store.write(key);
    }
  }

  private void widen(ModelMember store, ModelMember from) {
    store.sync();
    from.sync();
    from.pull(store);
    store.pull(from);
    store.widen(from, keys);
  }

  /** Whether all others have what one wrote; they keep it from now on. */
  private boolean isSpread(ModelMember store) {
    store.sync();
    live().forEach(ModelMember::sync);
    return live().stream().allMatch(other -> other.seen(store.name) == store.seen(store.name));
  }

  /**
   * Whoever lets go of a key does so when all have it that own it under the ring of its word, with
   * all that others did to it: what two had must not be left with one. Whoever is outside of the
   * ring does so when all have it that own it.
   */
  private void advance(ModelMember store) {
    Interest before = store.held();
    HandOver handOver = store.handOver();
    boolean isAside = handOver != null && handOver.isAside();
    store.advance(this::isSpread);
    RingWord word = store.facts().words().get(store.name);
    Ring ring =
        isAside || word == null ? store.facts().current() : store.facts().rings().get(word.ring());
    for (Bytes key : keys) {
      if (before.covers(key) && !store.held().covers(key)) {
        assertThat(ring).isNotNull();
        List<String> owners = ring.owners(key);
        Set<ModelMember.Op> ofOthers = new HashSet<>(store.data(key));
        // Who made it may give it to them still.
        List<String> now = ring(store).owners(key);
        ofOthers.removeIf(
            op -> isAside || owners.contains(op.origin()) || now.contains(op.origin()));
        live().stream()
            .filter(owner -> owners.contains(owner.name))
            .forEach(owner -> expectToHave(owner, key, ofOthers));
      }
    }
  }

  private static void expectToHave(ModelMember owner, Bytes key, Set<ModelMember.Op> ofOthers) {
    assertThat(owner.held().covers(key)).as("%s holds %s", owner.name, key).isTrue();
    assertThat(owner.data(key)).as("%s at %s", key, owner.name).containsAll(ofOthers);
  }

  private static Ring ring(ModelMember store) {
    Ring ring = store.facts().current();
    assertThat(ring).isNotNull();
    return ring;
  }

  private void change(ModelMember store, Random random) {
    Ring current = store.facts().current();
    if (current == null || !current.participants().contains(store.name)) {
      return;
    }
    ModelMember other = stores.get(random.nextInt(NAMES));
    boolean isSettled = store.facts().isSettled();
    try {
      announce(store, next(current, other.name, isSettled), isSettled);
    } catch (IllegalArgumentException | IllegalStateException refused) {
      // The last member, or too many rings.
    }
  }

  private Ring next(Ring current, String name, boolean isSettled) {
    if (dead.contains(name)) {
      return current.withoutLost(name, isSettled);
    }
    return current.members().contains(name)
        ? current.without(name, isSettled)
        : current.with(name, isSettled);
  }

  private static void announce(ModelMember store, Ring ring, boolean isSettled) {
    Set<RingId> old = new HashSet<>();
    Set<String> gone = new HashSet<>();
    if (isSettled) {
      RingFacts facts = store.facts();
      old.addAll(facts.rings().headMap(facts.currentId()).keySet());
      gone.addAll(facts.words().keySet());
      gone.removeAll(ring(store).participants());
      gone.removeAll(ring.participants());
    }
    store.say(new ModelMember.Said(ring, null, old, gone));
    store.sync();
  }

  /**
   * One is gone for ever, of which the others have all, and others own its keys and hold them: who
   * holds them besides may be about to let go.
   */
  private void lose(ModelMember store, Random random) {
    ModelMember newest =
        Collections.max(live(), Comparator.comparing(other -> other.facts().currentId()));
    Interest others =
        live().stream()
            .filter(other -> other != store)
            .map(other -> other.held().intersection(ring(newest).interest(other.name)))
            .reduce(Interest.NONE, Interest::union);
    if (!others.covers(store.held()) || dead.size() == 2 || random.nextBoolean()) {
      return;
    }
    store.sync();
    for (ModelMember other : live()) {
      other.pull(store);
      other.sync();
    }
    boolean isKnown =
        live().stream().allMatch(other -> other.seen(store.name) == store.seen(store.name));
    if (isKnown) {
      dead.add(store.name);
    }
  }

  private void expectThatSomebodyTakesUpdates() {
    boolean isSure =
        dead.isEmpty() || (copies > dead.size() && live().stream().allMatch(this::hasEnough));
    for (Bytes key : isSure ? keys : List.<Bytes>of()) {
      assertThat(live().stream().anyMatch(store -> store.mayWrite(key)))
          .as("somebody takes updates of %s", key)
          .isTrue();
    }
  }

  private boolean hasEnough(ModelMember store) {
    return store.facts().rings().values().stream()
        .allMatch(ring -> ring.members().size() > dead.size());
  }

  /** All meet, and drop whom nobody will see again, until nothing happens any more. */
  private void settle() {
    boolean isMoved = true;
    for (int round = 0; isMoved; round++) {
      assertThat(round).as("rounds").isLessThan(400);
      isMoved = false;
      live().forEach(ModelMember::sync);
      for (ModelMember one : live()) {
        for (ModelMember other : live()) {
          isMoved |= other != one && one.pull(other);
        }
      }
      for (ModelMember one : live()) {
        for (ModelMember other : live()) {
          isMoved |= other != one && one.widen(other, keys);
        }
      }
      for (ModelMember one : live()) {
        isMoved |= one.advance(this::isSpread);
      }
      isMoved |= !isMoved && drop();
    }
  }

  private boolean drop() {
    for (ModelMember store : live()) {
      Ring current = ring(store);
      String lost = lost(store);
      if (lost != null && current.participants().contains(store.name)) {
        boolean isSettled = store.facts().isSettled();
        boolean isLast = current.members().equals(Set.of(lost));
        announce(
            store,
            isLast ? current.with(store.name, isSettled) : current.withoutLost(lost, isSettled),
            isSettled);
        return true;
      }
    }
    return false;
  }

  /** Whom the others wait for, or will with the next ring; not for one that was free to go. */
  private @Nullable String lost(ModelMember store) {
    Ring ring = ring(store);
    return ring.participants().stream()
        .filter(dead::contains)
        .filter(name -> ring.members().contains(name) || !store.facts().isSettled())
        .filter(name -> ring.members().contains(name) || !free.contains(name))
        .findFirst()
        .orElse(null);
  }

  private void expectOwners() {
    Ring ring = ring(live().get(0));
    for (ModelMember store : live()) {
      assertThat(ring(store)).isEqualTo(ring);
      assertThat(store.facts().isSettled())
          .as("%s, dead %s: %s", store.name, dead, store.facts())
          .isTrue();
      assertThat(store.held()).as(store.name).isEqualTo(ring.interest(store.name));
    }
    for (Bytes key : keys) {
      Set<ModelMember.Op> all = new HashSet<>();
      live().forEach(store -> all.addAll(store.heardOf(key)));
      for (ModelMember owner : live()) {
        boolean owns = ring.owners(key).contains(owner.name);
        assertThat(owner.mayWrite(key)).isEqualTo(owns);
        if (owns) {
          assertThat(owner.data(key)).as("%s at %s", key, owner.name).isEqualTo(all);
        }
      }
    }
  }
}
