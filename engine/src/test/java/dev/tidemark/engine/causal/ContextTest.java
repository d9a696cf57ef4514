package dev.tidemark.engine.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.MalformedException;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class ContextTest {
  /** The operation of a replica that follows what is known of it. */
  private static Context after(Context known, long replica, long sequence) {
    return Context.of(new Dot(replica, sequence), known);
  }

  private static Context run(long replica, long before, long after) {
    return after(after(Context.NOTHING, replica, before), replica, after);
  }

  private static byte[] bytes(Context context) {
    ByteWriter out = new ByteWriter();
    context.encode(out);
    return out.toByteArray();
  }

  @Test
  void operationsThatFollowEachOtherOnAKeyMakeOneIntervalWhateverLiesBetween() {
    Context first = after(Context.NOTHING, 1, 2);
    Context both = first.join(after(first, 1, 9));

    assertThat(both.contains(new Dot(1, 2))).isTrue();
    assertThat(both.contains(new Dot(1, 9))).isTrue();
    assertThat(bytes(both)).isEqualTo(bytes(after(Context.NOTHING, 1, 9)));
  }

  @Test
  void aRunDoesNotClaimWhatIsMissingBetweenItsParts() {
    Context withHole = run(1, 0, 3).join(run(1, 6, 7));

    assertThat(withHole.contains(new Dot(1, 3))).isTrue();
    assertThat(withHole.contains(new Dot(1, 4))).isFalse();
    assertThat(withHole.contains(new Dot(1, 6))).isFalse();
    assertThat(withHole.contains(new Dot(1, 7))).isTrue();
    assertThat(withHole.unknownUpTo(1, 7)).isEqualTo(6);
    assertThat(withHole.unknownUpTo(1, 5)).isEqualTo(5);
    assertThat(withHole.last()).isEqualTo(VersionVector.of(1, 7));
    assertThat(bytes(withHole.join(run(1, 3, 6)))).isEqualTo(bytes(run(1, 0, 7)));
  }

  @Test
  void aStateKnowsAllFromTheBeginningAndARunStaysARun() {
    Context state = Context.NEW_STATE.join(run(1, 3, 6));

    assertThat(state.contains(new Dot(1, 1))).isTrue();
    assertThat(state.contains(new Dot(1, 7))).isFalse();
    assertThat(Context.NOTHING.join(state).isState()).isFalse();
    assertThat(bytes(Context.NOTHING.join(state))).isEqualTo(bytes(run(1, 0, 6)));
  }

  @Test
  void coversAndOverlapsLookAtEachIntervalOfEachReplica() {
    Context known = run(1, 2, 5).join(run(1, 7, 9)).join(run(-1, 0, 4));

    assertThat(known.covers(run(1, 2, 4).join(run(-1, 1, 4)))).isTrue();
    assertThat(known.covers(run(1, 4, 8))).isFalse();
    assertThat(known.covers(run(2, 0, 1))).isFalse();
    assertThat(known.overlaps(run(1, 4, 6))).isTrue();
    assertThat(known.overlaps(run(1, 5, 7).join(run(2, 0, 9)))).isFalse();
    assertThat(known.overlaps(run(-1, 3, 9))).isTrue();
  }

  @Test
  void refusesIntervalsThatTouchOverlapOrAreOutOfOrder() {
    for (long start : new long[] {0, 3, 5}) {
      ByteWriter out = new ByteWriter();
      out.u8(0).varint(2).i64(1).varint(2).varint(3).i64(1).varint(start).varint(9);
      assertThatThrownBy(() -> Context.decode(new ByteReader(out.toByteArray())))
          .isInstanceOf(MalformedException.class)
          .hasMessageStartingWith("context intervals are out of order");
    }
  }

  @Test
  void decodingManyIntervalsTakesTimeInProportion() {
    // Built entry by entry, half a million of them took minutes: a megabyte could stop a store.
    int n = 500_000;
    ByteWriter out = new ByteWriter().u8(0).varint(n);
    for (int i = 1; i <= n; i++) {
      out.i64(i).varint(0).varint(1);
    }

    Context context =
        Assertions.assertTimeout(
            Duration.ofSeconds(10), () -> Context.decode(new ByteReader(out.toByteArray())));
    assertThat(context.join(context).last().size()).isEqualTo(n);
  }
}
