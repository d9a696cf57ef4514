package dev.tidemark.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is left out of a fold must make no difference to it. */
class NewestOperationsProperties {
  private static final VersionVector SUMMARY = VersionVector.EMPTY.with(9, 4).with(-3, 1L << 40);

  @Property(tries = 200)
  void theJoinOfWhatIsLeftIsTheJoinOfAll(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 400) int commits,
      @ForAll @IntRange(min = 1, max = 200) int keys,
      @ForAll @IntRange(min = 1, max = 1_000) int stamps) {
    SplittableRandom random = new SplittableRandom(seed);
    NewestOperations newest = new NewestOperations(commits);
    List<Operation> all = new ArrayList<>();
    for (int i = 0; i < commits; i++) {
      List<Operation> commit = new ArrayList<>();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        commit.add(operation(random, keys, stamps));
      }
      all.addAll(commit);
      add(newest, commit);
    }

    BitSet superseded = newest.superseded();

    List<Operation> left = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (!superseded.get(i)) {
        left.add(all.get(i));
      }
    }
    assertThat(joined(left)).isEqualTo(joined(all));
  }

  @Property(tries = 10)
  void ofEachKeyTheNewestAloneIsLeft(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int sets = 20_000;
    NewestOperations newest = new NewestOperations(sets);
    Map<Bytes, Integer> last = new HashMap<>();
    for (int i = 0; i < sets; i++) {
      Operation set = set("r:", "r:" + random.nextInt(3_000), i + 1, 1);
      last.put(set.key(), i);
      add(newest, List.of(set));
    }

    BitSet superseded = newest.superseded();

    assertThat(superseded.cardinality()).isEqualTo(sets - last.size());
    assertThat(last.values()).noneMatch(superseded::get);
    assertThat(newest.isPointless()).isFalse();
  }

  @Property(tries = 3)
  void keysBeyondTheRoomAreLeft(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NewestOperations newest = new NewestOperations(1);
    List<Operation> all = new ArrayList<>();
    String longer = "r:" + "x".repeat(500);
    for (int i = 0; i < 3_000; i++) {
      all.add(set("r:", (i % 3 == 0 ? longer : "r:") + random.nextInt(10_000), i + 1, 1));
    }
    all.forEach(one -> add(newest, List.of(one)));

    BitSet superseded = newest.superseded();

    List<Operation> left = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (!superseded.get(i)) {
        left.add(all.get(i));
      }
    }
    assertThat(joined(left)).isEqualTo(joined(all));
  }

  @Example
  void aLongerLookIsPointlessWhereNoKeyOfManyComesAgain() {
    NewestOperations newest = new NewestOperations(1);
    for (int i = 0; i < 3_000; i++) {
      add(newest, List.of(set("r:", "r:" + "x".repeat(500) + i, i + 1, 1)));
    }
    newest.superseded();

    assertThat(newest.isPointless()).isTrue();
  }

  private static void add(NewestOperations newest, List<Operation> operations) {
    ByteWriter out = new ByteWriter().i32(0);
    CommitHeader header = new CommitHeader(1, 1, 1, operations.size(), SUMMARY, 0);
    CommitCodec.encode(header, operations, 0, out);
    newest.add(out.buffer(), Integer.BYTES, out.length() - Integer.BYTES);
  }

  /** Keys that are alike but for their namespace, or but for their ends. */
  private static Operation operation(SplittableRandom random, int keys, int stamps) {
    String key = "r:" + "key".repeat(random.nextInt(3)) + random.nextInt(keys);
    int stamp = 1 + random.nextInt(stamps);
    return switch (random.nextInt(4)) {
      case 0 ->
          new Operation(
              new Namespace(Bytes.utf8("r"), Strategy.G_SET),
              Bytes.utf8(key),
              KeyDelta.of(new byte[0], Bytes.utf8("" + random.nextInt(9)), new byte[0]));
      case 1 -> set("r", key, stamp, 1 + random.nextInt(2));
      default -> set("r:", key, stamp, 1 + random.nextInt(2));
    };
  }

  private static Operation set(String prefix, String key, int stamp, int replica) {
    // One version has one value.
    Bytes value = Bytes.utf8("v" + stamp + "/" + replica);
    return new Operation(
        new Namespace(Bytes.utf8(prefix), Strategy.LWW_REGISTER),
        Bytes.utf8(key),
        KeyDelta.ofHead(
            VersionedCell.encode(
                new Version(stamp, replica, stamp), stamp % 7 == 0 ? null : value)));
  }

  private static Map<String, KeyDelta> joined(List<Operation> operations) {
    Map<String, KeyState> states = new HashMap<>();
    for (Operation one : operations) {
      KeyState state =
          states.computeIfAbsent(one.namespace() + " " + one.key(), ignored -> KeyState.noDeltas());
      Join.into(state, one.namespace().strategy().lattice(), one.delta());
    }
    Map<String, KeyDelta> joined = new HashMap<>();
    states.forEach((key, state) -> joined.put(key, state.asDelta()));
    return joined;
  }
}
