package dev.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.io.Output;
import com.sun.management.ThreadMXBean;
import dev.tidemark.codec.Sample.Account;
import dev.tidemark.codec.Sample.Cancelled;
import dev.tidemark.codec.Sample.Channel;
import dev.tidemark.codec.Sample.Event;
import dev.tidemark.codec.Sample.Item;
import dev.tidemark.codec.Sample.Node;
import dev.tidemark.codec.Sample.Placed;
import dev.tidemark.codec.Sample.Typed;
import dev.tidemark.error.MalformedException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/**
 * Kryo 5.6.2 alone turns five bytes into an OutOfMemoryError, for arrays, texts and collections.
 */
class HostileBytesTest {
  private static final KryoCodec<Object> ANY =
      KryoCodec.of(
          Object.class,
          Placed.class,
          Cancelled.class,
          Item.class,
          Channel.class,
          Account.class,
          Typed.class,
          Node.class,
          String[].class,
          Object[].class);

  private static final int BUDGET_BYTES = 1 << 20;

  private static final List<byte[]> GOOD =
      List.of(
          ANY.encode(
              new Placed(
                  new UUID(3, 4),
                  Channel.SHOP,
                  List.of(new Item("tea", 1, 2), new Item("\u00e9", 3, 4)),
                  Map.of("a", Set.of(1, 2), "b", Set.of()))),
          ANY.encode(new Cancelled(Optional.of("x"), true, 'c', 1.5)),
          ANY.encode(new Account("ada", 1, new Typed("t", List.of("u")))),
          ANY.encode(new Node(List.of(new Node(List.of()), BigInteger.TEN))),
          ANY.encode(new Object[] {new String[] {"a"}, new int[] {1, 2}, new long[] {3}, "text"}));

  @Test
  void allocatesNothingForALengthThatIsALie() {
    List<Object> withLengths =
        List.of(
            new boolean[1],
            new byte[1],
            new short[1],
            new char[1],
            new int[1],
            new long[1],
            new float[1],
            new double[1],
            new String[1],
            new Object[1],
            BigInteger.ONE,
            List.of(1),
            Set.of(1),
            Map.of(1, 1));
    for (Object value : withLengths) {
      for (int length : new int[] {1 << 28, Integer.MAX_VALUE, -1, -5, 1000}) {
        Output out = new Output(16, -1);
        out.writeByte(ANY.encode(value)[0]);
        out.writeVarInt(length, true);
        out.writeByte(1);
        refusesCheaply(out.toBytes());
      }
    }
  }

  @Test
  void allocatesNothingForALongTextThatIsNotThere() {
    for (int length : new int[] {1 << 28, Integer.MAX_VALUE, 1000}) {
      Output out = new Output(16, -1);
      out.writeByte(ANY.encode("x")[0]);
      out.writeVarIntFlag(true, length, true);
      refusesCheaply(out.toBytes());
    }
  }

  @Test
  void nestingDoesNotMultiplyWhatBytesCanClaim() {
    byte[] bytes = new byte[100_000];
    byte listId = ANY.encode(List.of())[0];
    int at = 0;
    while (at < 4 * 60) {
      bytes[at++] = listId;
      // The length 90,000, which every level claims anew.
      bytes[at++] = (byte) 0x90;
      bytes[at++] = (byte) 0xbf;
      bytes[at++] = 0x05;
    }
    Arrays.fill(bytes, at, bytes.length, (byte) 0xff);
    refusesCheaply(bytes);
  }

  @Test
  void refusesBytesThatAreNestedTooDeep() {
    byte[] bytes = new byte[200_000];
    byte[] list = ANY.encode(List.of(List.of()));
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = list[i % 2];
    }
    refusesCheaply(bytes);
  }

  @Test
  void looksUpNoClassByAName() {
    Output out = new Output(64, -1);
    out.writeVarInt(1, true);
    out.writeVarInt(0, true);
    out.writeString("dev.tidemark.codec.HostileBytesTest");
    assertThatThrownBy(() -> ANY.decode(out.toBytes()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("class is given by name");
  }

  @Test
  void refusesBytesBehindTheValue() {
    for (byte[] good : GOOD) {
      assertThat(ANY.decode(good)).isNotNull();
      refuses(Arrays.copyOf(good, good.length + 1));
    }
  }

  @Test
  void refusesEveryBeginningOfAValue() {
    for (byte[] good : GOOD) {
      for (int length = 0; length < good.length; length++) {
        refuses(Arrays.copyOf(good, length));
      }
    }
  }

  @Test
  void refusesNoValueAndAnotherType() {
    KryoCodec<Event> events = Sample.events();
    byte[] item =
        KryoCodec.of(Event.class, Placed.class, Cancelled.class, Object.class, Item.class)
            .encode(new Cancelled(Optional.empty(), false, 'a', 0));
    assertThatThrownBy(() -> events.decode(new byte[] {0})).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> events.decode(item)).isInstanceOf(MalformedException.class);
    byte[] text = KryoCodec.of(String.class).encode("x");
    assertThatThrownBy(() -> events.decode(text)).isInstanceOf(MalformedException.class);
  }

  @Test
  void refusesAnObjectWhereAnotherTypeIsDeclared() {
    byte[] typed = ANY.encode(new Typed("t", List.of()));
    byte[] number = ANY.encode(5L);
    Output out = new Output(16, -1);
    out.writeByte(typed[0]);
    out.writeBytes(number);
    out.writeByte(0);
    refuses(out.toBytes());

    // A class's superclass comes first: its name, a text.
    Output account = new Output(16, -1);
    account.writeByte(ANY.encode(new Account("", 0, null))[0]);
    account.writeBytes(number);
    account.writeBytes(new byte[] {0, 0});
    refuses(account.toBytes());
  }

  @Test
  void passesOnWhatTheUsersOwnConstructorRefuses() {
    byte[] item = ANY.encode(new Item("tea", 0, 1));
    byte[] negative = item.clone();
    // Amounts are zigzag: 0 is 00, -1 is 01. It stands before the price, which is 02.
    negative[item.length - 2] = 1;
    assertThatThrownBy(() -> ANY.decode(negative))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("amount is below 0");
  }

  @Test
  void refusesSetsAndMapsThatHoldSomethingTwice() {
    byte[] set = ANY.encode(Set.of(1, 2));
    byte[] twice = set.clone();
    twice[twice.length - 1] = twice[twice.length - 3];
    refuses(twice);
    byte[] map = ANY.encode(Map.of(1, 0, 2, 0));
    byte[] mapTwice = map.clone();
    mapTwice[7] = mapTwice[3];
    refuses(mapTwice);
  }

  @Test
  void leavesTheBytesAsTheyAre() {
    for (byte[] good : GOOD) {
      byte[] kept = good.clone();
      ANY.decode(good);
      assertThat(good).isEqualTo(kept);
      byte[] cut = Arrays.copyOf(good, good.length - 1);
      byte[] keptCut = cut.clone();
      refuses(cut);
      assertThat(cut).isEqualTo(keptCut);
    }
  }

  @Property(tries = 3000)
  void randomBytesAreAValueOrMalformed(@ForAll @Size(max = 200) byte[] bytes) {
    decodesOrRefuses(bytes);
  }

  @Property(tries = 3000)
  void randomBytesBehindAKnownTypeAreAValueOrMalformed(
      @ForAll @Size(max = 60) byte[] bytes, @ForAll @IntRange(min = 2, max = 80) int id) {
    byte[] typed = new byte[bytes.length + 1];
    typed[0] = (byte) id;
    System.arraycopy(bytes, 0, typed, 1, bytes.length);
    decodesOrRefuses(typed);
  }

  @Property(tries = 5000)
  void mutatedBytesAreAValueOrMalformed(
      @ForAll @IntRange(max = 4) int which,
      @ForAll @IntRange(max = 200) int offset,
      @ForAll byte with,
      @ForAll @IntRange(max = 200) int otherOffset,
      @ForAll byte otherWith) {
    byte[] bytes = GOOD.get(which).clone();
    bytes[offset % bytes.length] = with;
    bytes[otherOffset % bytes.length] ^= otherWith;
    decodesOrRefuses(bytes);
  }

  private static void decodesOrRefuses(byte[] bytes) {
    long before = allocated();
    try {
      assertThat(ANY.decode(bytes)).isNotNull();
    } catch (MalformedException expected) {
      assertThat(expected.title()).isEqualTo("stored bytes are not a value of the codec");
    }
    assertThat(allocated() - before).isLessThan(BUDGET_BYTES);
  }

  private static void refusesCheaply(byte[] bytes) {
    refuses(bytes);
    long before = allocated();
    refuses(bytes);
    assertThat(allocated() - before).isLessThan(BUDGET_BYTES);
  }

  private static void refuses(byte[] bytes) {
    assertThatThrownBy(() -> ANY.decode(bytes)).isInstanceOf(MalformedException.class);
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
