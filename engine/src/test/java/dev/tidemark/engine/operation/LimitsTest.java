package dev.tidemark.engine.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.TestKey;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A store never accepts what its peers must refuse: the limits are the same on both sides. */
class LimitsTest {
  private static final Bytes F = Bytes.utf8("f");

  private static Bytes zeroes(int length) {
    // Zero bytes: the ones that composed ids escape, so the longest there is.
    return Bytes.wrap(new byte[length]);
  }

  private record Case(Strategy strategy, int limit, Function<Bytes, Update> of) {
    @Override
    public String toString() {
      return strategy + " " + of.apply(Bytes.EMPTY);
    }
  }

  static List<Case> longestArguments() {
    int element = Limits.MAX_ELEMENT_BYTES;
    int value = Limits.MAX_VALUE_BYTES;
    return List.of(
        new Case(Strategy.LWW_REGISTER, value, Update.SetValue::new),
        new Case(Strategy.MV_REGISTER, value, Update.SetValue::new),
        new Case(Strategy.JOURNAL, value, Update.Append::new),
        new Case(Strategy.G_SET, element, Update.Add::new),
        new Case(Strategy.OR_SET, element, Update.Add::new),
        new Case(Strategy.OR_SET, element, Update.Remove::new),
        new Case(Strategy.LWW_MAP, element, field -> new Update.PutField(field, F)),
        new Case(Strategy.LWW_MAP, value, bytes -> new Update.PutField(F, bytes)),
        new Case(Strategy.LWW_MAP, element, Update.Remove::new),
        new Case(
            Strategy.OR_MAP_OF_OR_SET,
            element,
            bytes -> new Update.UpdateField(bytes, new Update.Add(bytes))),
        new Case(Strategy.OR_MAP_OF_OR_SET, element, Update.Remove::new),
        new Case(
            Strategy.OR_MAP_OF_MV_REGISTER,
            value,
            bytes -> new Update.UpdateField(F, new Update.SetValue(bytes))),
        new Case(
            Strategy.OR_MAP_OF_EW_FLAG,
            element,
            field -> new Update.UpdateField(field, new Update.Enable())),
        new Case(
            Strategy.OR_MAP_OF_PN_COUNTER,
            element,
            field -> new Update.UpdateField(field, new Update.Increment(1))));
  }

  @ParameterizedTest
  @MethodSource("longestArguments")
  void whatIsAcceptedAtItsLongestIsDecodedByPeersAndOneByteMoreByNobody(Case limit) {
    TestKey key = new TestKey(limit.strategy());
    key.update(limit.of().apply(zeroes(limit.limit())), 1, 1, 1);
    KeyDelta second = key.update(limit.of().apply(zeroes(limit.limit())), 1, 2, 2);
    assertThatCode(() -> decode(limit.strategy(), second)).doesNotThrowAnyException();

    assertThatThrownBy(() -> key.prepare(limit.of().apply(zeroes(limit.limit() + 1)), 1, 3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is too long: bytes=" + (limit.limit() + 1));
  }

  private static Commit decode(Strategy strategy, KeyDelta delta) {
    byte[] bytes = encode(strategy, zeroes(Limits.MAX_KEY_BYTES), List.of(delta), 2);
    return CommitCodec.decode(bytes, 0, bytes.length);
  }

  private static byte[] encode(Strategy strategy, Bytes key, List<KeyDelta> deltas) {
    return encode(strategy, key, deltas, 1);
  }

  private static byte[] encode(Strategy strategy, Bytes key, List<KeyDelta> deltas, long first) {
    Namespace namespace = new Namespace(Bytes.EMPTY, strategy);
    CommitHeader header = new CommitHeader(1, first, first, 0, VersionVector.EMPTY, 0);
    ByteWriter out = new ByteWriter();
    var operations = deltas.stream().map(delta -> new Operation(namespace, key, delta)).toList();
    CommitCodec.encode(header, operations, 0, out);
    return out.toByteArray();
  }

  @Test
  void keysAreHeldToTheSameLimitsOnBothSides() {
    KeyDelta delta = new TestKey(Strategy.G_SET).prepare(new Update.Add(F), 1, 1, 1);
    for (Bytes key :
        List.of(Bytes.EMPTY, zeroes(Limits.MAX_KEY_BYTES + 1), Bytes.wrap(new byte[] {-1}))) {
      byte[] bytes = encode(Strategy.G_SET, key, List.of(delta));
      assertThatThrownBy(() -> CommitCodec.decode(bytes, 0, bytes.length))
          .isInstanceOf(MalformedException.class);
    }
    assertThatThrownBy(() -> Arguments.key(Bytes.EMPTY)).hasMessageStartingWith("key is empty");
    assertThatThrownBy(() -> Arguments.key(zeroes(Limits.MAX_KEY_BYTES + 1)))
        .hasMessageStartingWith("key is too long");
    assertThat(Arguments.key(zeroes(Limits.MAX_KEY_BYTES)).length()).isEqualTo(65_536);
  }

  @Test
  void aCommitHasFromOneOperationToTheLimit() {
    KeyDelta delta = KeyDelta.ofHead(new byte[0]);
    byte[] full =
        encode(Strategy.OR_MAP_OF_PN_COUNTER, F, Collections.nCopies(Limits.MAX_OPERATIONS, delta));
    assertThat(CommitCodec.decode(full, 0, full.length).operations()).hasSize(65_536);
    for (int operations : new int[] {0, Limits.MAX_OPERATIONS + 1}) {
      byte[] bytes =
          encode(Strategy.OR_MAP_OF_PN_COUNTER, F, Collections.nCopies(operations, delta));
      assertThatThrownBy(() -> CommitCodec.decode(bytes, 0, bytes.length))
          .hasMessageStartingWith("commit has an impossible number of operations");
    }
  }

  @Test
  void theLastStampThatAClockGivesIsTheLastThatACommitMayCarry() {
    long last = HybridTimestamp.MAX_STAMP - 1;
    KeyDelta delta = new TestKey(Strategy.LWW_REGISTER).prepare(new Update.Delete(), 1, 1, last);
    Namespace namespace = new Namespace(Bytes.EMPTY, Strategy.LWW_REGISTER);
    var operations = List.of(new Operation(namespace, F, delta));
    for (long stamp : new long[] {last, last + 1}) {
      ByteWriter out = new ByteWriter();
      CommitCodec.encode(
          new CommitHeader(1, 1, stamp, 0, VersionVector.EMPTY, 0), operations, 0, out);
      if (stamp == last) {
        assertThat(CommitCodec.decode(out.buffer(), 0, out.length()).header().stamp())
            .isEqualTo(last);
      } else {
        assertThatThrownBy(() -> CommitCodec.decode(out.buffer(), 0, out.length()))
            .hasMessageStartingWith("commit has an impossible stamp");
      }
    }
  }
}
