package dev.tidemark.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.Value.EpochCount;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import org.junit.jupiter.api.Test;

class RegisterHandlesTest {
  private static final byte[] TOO_LONG = new byte[Limits.MAX_VALUE_BYTES + 1];

  @Test
  void lwwRegisterHoldsItsValueUntilItIsDeleted() {
    FakeReplica key = new FakeReplica(Strategy.LWW_REGISTER, 1);
    LwwRegister<String> register = new LwwRegister<>(key, Codec.utf8());

    assertThat(register.get()).isEmpty();
    assertThat(register.set("a")).isEqualTo(1);
    assertThat(register.set("")).isEqualTo(2);
    assertThat(register.get()).contains("");
    assertThat(register.delete()).isEqualTo(3);
    assertThat(register.get()).isEmpty();
    register.set("b");
    assertThat(register.get()).contains("b");
    assertThat(key.takeCellsRead()).isZero();
  }

  @Test
  void ofTwoConcurrentSetsTheNewerStays() {
    Pair<LwwRegister<String>> pair =
        new Pair<>(Strategy.LWW_REGISTER, key -> new LwwRegister<>(key, Codec.utf8()));
    pair.right.set("older");
    pair.laterOnTheLeft().left.set("newer");

    pair.meet().both(register -> assertThat(register.get()).contains("newer"));
  }

  @Test
  void aValueThatIsTooLongIsRefusedAndChangesNothing() {
    FakeReplica lww = new FakeReplica(Strategy.LWW_REGISTER, 1);
    FakeReplica mv = new FakeReplica(Strategy.MV_REGISTER, 1);
    LwwRegister<byte[]> newest = new LwwRegister<>(lww, Codec.bytes());
    MvRegister<byte[]> siblings = new MvRegister<>(mv, Codec.bytes());
    newest.set(new byte[Limits.MAX_VALUE_BYTES]);
    siblings.set(new byte[] {1});
    KeyDelta before = lww.snapshot();
    KeyDelta mvBefore = mv.snapshot();

    assertThatThrownBy(() -> newest.set(TOO_LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("value is too long");
    assertThatThrownBy(() -> siblings.set(TOO_LONG)).isInstanceOf(IllegalArgumentException.class);
    assertThat(lww.snapshot()).isEqualTo(before);
    assertThat(mv.snapshot()).isEqualTo(mvBefore);
  }

  @Test
  void bytesOfAnotherCodecAreMalformedAndCanBeReadAsBytes() {
    FakeReplica key = new FakeReplica(Strategy.LWW_REGISTER, 1);
    new LwwRegister<>(key, Codec.utf8()).set("abc");

    assertThatThrownBy(() -> new LwwRegister<>(key, Codec.int64()).get())
        .isInstanceOf(MalformedException.class);
    assertThat(new LwwRegister<>(key, Codec.bytes()).get()).hasValue(new byte[] {'a', 'b', 'c'});
  }

  @Test
  void mvRegisterKeepsConcurrentValuesUntilASetThatSawThem() {
    Pair<MvRegister<String>> pair =
        new Pair<>(Strategy.MV_REGISTER, key -> new MvRegister<>(key, Codec.utf8()));
    assertThat(pair.left.values()).isEmpty();
    pair.left.set("b");
    pair.right.set("a");

    pair.meet().both(register -> assertThat(register.values()).containsExactly("a", "b"));

    pair.left.set("c");
    pair.meet().both(register -> assertThat(register.values()).containsExactly("c"));
  }

  @Test
  void aSetThatADeleteHadNotSeenSurvivesIt() {
    Pair<MvRegister<String>> pair =
        new Pair<>(Strategy.MV_REGISTER, key -> new MvRegister<>(key, Codec.utf8()));
    pair.left.set("old");
    pair.meet();
    pair.left.delete();
    assertThat(pair.left.values()).isEmpty();
    pair.right.set("new");

    pair.meet().both(register -> assertThat(register.values()).containsExactly("new"));
  }

  @Test
  void flagIsTrueOnceEnabledAndFalseOnceDisabledOrDeleted() {
    EwFlag flag = new EwFlag(new FakeReplica(Strategy.EW_FLAG, 1));

    assertThat(flag.isEnabled()).isFalse();
    flag.enable();
    assertThat(flag.isEnabled()).isTrue();
    flag.disable();
    assertThat(flag.isEnabled()).isFalse();
    flag.enable();
    assertThat(flag.delete()).isEqualTo(4);
    assertThat(flag.isEnabled()).isFalse();
  }

  @Test
  void anEnableThatADisableHadNotSeenSurvivesIt() {
    Pair<EwFlag> pair = new Pair<>(Strategy.EW_FLAG, EwFlag::new);
    pair.left.enable();
    pair.meet();
    pair.left.disable();
    pair.right.enable();

    pair.meet().both(flag -> assertThat(flag.isEnabled()).isTrue());
  }

  @Test
  void epochMaxShowsTheGreatestPointByUnsignedEpochThenSignedCount() {
    EpochMax key = new EpochMax(new FakeReplica(Strategy.EPOCH_MAX, 1));
    assertThat(key.get()).isEmpty();
    key.put(1, -5);
    key.put(1, -7);
    assertThat(key.get()).contains(new EpochCount(1, -5));
    key.put(1, 3);
    key.put(0, Long.MAX_VALUE);
    assertThat(key.get()).contains(new EpochCount(1, 3));
    key.put(-1, Long.MIN_VALUE);
    assertThat(key.get()).contains(new EpochCount(-1, Long.MIN_VALUE));
    key.delete();
    assertThat(key.get()).isEmpty();
    assertThat(key.payload()).isEmpty();
    key.put(0, 0);
    assertThat(key.get()).contains(new EpochCount(0, 0));
  }

  @Test
  void aPutOlderThanADeleteStaysDeleted() {
    Pair<EpochMax> pair = new Pair<>(Strategy.EPOCH_MAX, EpochMax::new);
    pair.right.put(9, 9);
    pair.laterOnTheLeft().left.delete();

    pair.meet().both(key -> assertThat(key.get()).isEmpty());
  }

  @Test
  void epochMaxTakesAndGivesSixteenBigEndianBytes() {
    EpochMax key = new EpochMax(new FakeReplica(Strategy.EPOCH_MAX, 1));
    byte[] payload = {0, 0, 0, 0, 0, 0, 1, 2, -1, -1, -1, -1, -1, -1, -1, -2};

    assertThat(key.put(payload)).isEqualTo(1);

    assertThat(key.get()).contains(new EpochCount(0x102, -2));
    assertThat(key.payload()).hasValue(payload);
  }

  @Test
  void aPayloadOfAnyOtherLengthIsRefusedAndChangesNothing() {
    FakeReplica replica = new FakeReplica(Strategy.EPOCH_MAX, 1);
    EpochMax key = new EpochMax(replica);
    key.put(1, 1);
    KeyDelta before = replica.snapshot();

    for (int length : new int[] {0, 8, 15, 17, 32}) {
      assertThatThrownBy(() -> key.put(new byte[length]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("epoch-max payload has a wrong length: bytes=" + length);
    }
    assertThat(replica.snapshot()).isEqualTo(before);
  }
}
