package dev.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.codec.Sample.Account;
import dev.tidemark.codec.Sample.Cancelled;
import dev.tidemark.codec.Sample.Channel;
import dev.tidemark.codec.Sample.Event;
import dev.tidemark.codec.Sample.Item;
import dev.tidemark.codec.Sample.Named;
import dev.tidemark.codec.Sample.Node;
import dev.tidemark.codec.Sample.Paid;
import dev.tidemark.codec.Sample.Placed;
import dev.tidemark.codec.Sample.Typed;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KryoCodecTest {
  private static final Placed PLACED =
      new Placed(
          new UUID(1, -2),
          Channel.SHOP,
          List.of(new Item("tea", 2, 450), new Item("größe \ud83c\udf75", 0, -1)),
          Map.of("gift", Set.of(3, 1, 2), "", Set.of()));

  private final KryoCodec<Event> events = Sample.events();

  @Test
  void bringsBackEveryKindOfRecord() {
    Paid paid =
        new Paid(
            new BigDecimal("-12.340"),
            BigInteger.TWO.pow(100),
            Instant.parse("2026-01-02T03:04:05.000000006Z"),
            LocalDate.of(2026, 2, 28),
            ZoneId.of("Europe/Vienna"),
            Duration.ofNanos(-1));
    Cancelled cancelled = new Cancelled(Optional.of("late"), true, '\u20ac', Double.NaN);

    for (Event event : List.of(PLACED, paid, cancelled)) {
      assertThat(events.decode(events.encode(event))).isEqualTo(event);
    }
  }

  @Test
  void bringsBackClassesByTheirFields() {
    KryoCodec<Account> codec = KryoCodec.of(Account.class);
    Account account = new Account("ada", 42, List.of(1L, "x"));

    Account copy = codec.decode(codec.encode(account));

    assertThat(copy.describe()).isEqualTo("ada/42/[1, x]/7").isEqualTo(account.describe());
  }

  @Test
  void bringsBackWhatNeedsNoName() {
    KryoCodec<List> codec = KryoCodec.of(List.class, String[].class, int[][].class);
    List<?> values =
        Arrays.asList(
            null,
            "",
            "text",
            1,
            2L,
            3.5f,
            -0.0,
            true,
            'c',
            (byte) 1,
            (short) 2,
            BigInteger.ZERO,
            new BigDecimal("0.00"),
            Optional.empty(),
            Period.ofDays(3),
            LocalTime.MAX,
            LocalDateTime.MIN,
            ZoneOffset.ofHours(2),
            OffsetDateTime.of(LocalDateTime.MAX, ZoneOffset.UTC),
            ZonedDateTime.of(2026, 3, 29, 2, 30, 0, 0, ZoneId.of("Europe/Vienna")));

    assertThat(codec.decode(codec.encode(values))).isEqualTo(values);
    List<?> arrays =
        codec.decode(
            codec.encode(
                List.of(
                    new byte[] {1},
                    new boolean[] {true},
                    new short[] {2},
                    new char[] {'x'},
                    new int[] {-3, 1 << 30},
                    new long[] {Long.MIN_VALUE},
                    new float[] {1},
                    new double[] {2},
                    new String[] {"a", null},
                    new int[][] {{1}, {}})));
    assertThat(Arrays.deepToString(arrays.toArray()))
        .isEqualTo(
            "[[1], [true], [2], [x], [-3, 1073741824], [-9223372036854775808], [1.0], [2.0],"
                + " [a, null], [[1], []]]");
  }

  @Test
  void givesEqualValuesEqualBytesWhateverHoldsThem() {
    KryoCodec<Object> codec = KryoCodec.of(Object.class, Placed.class, Item.class, Channel.class);
    List<String> list = List.of("a", "b");
    for (List<String> same :
        List.of(
            new ArrayList<>(list),
            new LinkedList<>(list),
            Arrays.asList("a", "b"),
            Collections.unmodifiableList(list))) {
      assertThat(codec.encode(same)).isEqualTo(codec.encode(list));
    }
    // Two orders of insertion, a sorted set, and one whose order depends on the JVM's salt.
    Set<Integer> up = new LinkedHashSet<>(List.of(1, 17, 33, 300));
    Set<Integer> down = new LinkedHashSet<>(List.of(300, 33, 17, 1));
    for (Set<Integer> same :
        List.of(down, new HashSet<>(up), new TreeSet<>(up), Set.of(1, 17, 33, 300))) {
      assertThat(codec.encode(same)).isEqualTo(codec.encode(up));
    }
    Map<String, Object> map = Map.of("k", up, "l", Map.of(1, down), "m", list);
    assertThat(codec.encode(new TreeMap<>(map)))
        .isEqualTo(codec.encode(map))
        .isEqualTo(codec.encode(new HashMap<>(map)));
  }

  @Test
  void givesEqualNumbersEqualBytesWhetherOrNotTheyAreTheOneConstant() {
    KryoCodec<Object> codec = KryoCodec.of(Object.class);
    for (String text : List.of("0", "1", "10", "-1")) {
      assertThat(codec.encode(new BigDecimal(text)))
          .isEqualTo(codec.encode(new BigDecimal(new BigInteger(text))))
          .isEqualTo(codec.encode(BigDecimal.valueOf(Long.parseLong(text))));
      assertThat(codec.encode(new BigInteger(text)))
          .isEqualTo(codec.encode(BigInteger.valueOf(Long.parseLong(text))));
    }
    BigDecimal wide = new BigDecimal(BigInteger.TWO.pow(80), 3);
    BigDecimal sameWide = new BigDecimal(wide.toString());
    assertThat(codec.encode(wide)).isEqualTo(codec.encode(sameWide));
    assertThat(codec.decode(codec.encode(wide))).isEqualTo(wide);
    assertThat(codec.encode(Double.longBitsToDouble(0x7ff8000000000001L)))
        .isEqualTo(codec.encode(Double.NaN));
  }

  @Test
  void keepsTheIdsOfTypesWhenTheListGrows() {
    KryoCodec<Object> before = KryoCodec.of(Object.class, List.class, Item.class);
    KryoCodec<Object> after =
        KryoCodec.of(Object.class, List.class, Item.class, Channel.class, Typed.class);
    Item item = new Item("tea", 1, 2);

    assertThat(after.encode(item)).isEqualTo(before.encode(item));
    assertThat(after.decode(before.encode(item))).isEqualTo(item);
    assertThat(before.encode(item)[0]).isEqualTo((byte) (64 + 2 + 2));
  }

  @Test
  void refusesToStoreAClassThatIsNotNamed() {
    KryoCodec<Object> codec = KryoCodec.of(Object.class, Node.class);

    for (Object value :
        List.of(new Item("x", 1, 1), new Node(List.of(Channel.WEB)), new StringBuilder("x"))) {
      assertThatThrownBy(() -> codec.encode(value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("type is not registered");
    }
  }

  @Test
  void refusesTypesThatCouldBeWrittenAndNotReadAgain() {
    record Sorted(TreeSet<String> names) {}
    record Waiting(Queue<String> names) {}
    record Bag(java.io.Serializable any, Iterable<String> names) {}
    abstract class Inner {
      final class NeedsOuter {}
    }
    for (Class<?> type :
        List.of(
            Sorted.class,
            Waiting.class,
            Inner.NeedsOuter.class,
            TreeMap.class,
            ArrayDeque.class,
            Thread.class,
            int.class)) {
      assertThatThrownBy(() -> KryoCodec.of(type))
          .as(type.getName())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(type.getName());
    }
    assertThatThrownBy(() -> KryoCodec.of(Item.class, Channel.class, Item.class))
        .hasMessageContaining("type is given twice");
    KryoCodec<Bag> bags = KryoCodec.of(Bag.class);
    Bag bag = new Bag(new ArrayList<>(List.of(1)), new LinkedList<>(List.of("a")));
    assertThat(bags.decode(bags.encode(bag))).isEqualTo(bag);
  }

  @Test
  void refusesACollectionWhereItsDeclarationCouldNotHoldWhatIsRead() {
    KryoCodec<Object[]> codec = KryoCodec.of(Object[].class, LinkedList[].class);

    assertThatThrownBy(() -> codec.encode(new LinkedList<?>[] {new LinkedList<>()}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("collection is read as another type");
  }

  @Test
  void refusesCyclesAndGoesOnWorking() {
    KryoCodec<Node> codec = KryoCodec.of(Node.class);
    List<Object> children = new ArrayList<>();
    Node cycle = new Node(children);
    children.add(cycle);

    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> codec.encode(cycle))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("value cannot be stored");
    }
    Node plain = new Node(List.of(new Node(List.of())));
    assertThat(codec.decode(codec.encode(plain))).isEqualTo(plain);
  }

  @Test
  void storesAsDeepAsItReads() {
    KryoCodec<Node> codec = KryoCodec.of(Node.class);
    Node node = new Node(List.of());
    int stored = 0;
    try {
      for (; ; stored++) {
        assertThat(codec.decode(codec.encode(node))).isEqualTo(node);
        node = new Node(List.of(node));
      }
    } catch (IllegalArgumentException tooDeep) {
      assertThat(stored).isEqualTo(KryoCodec.MAX_DEPTH / 2);
    }
  }

  @Test
  void worksForManyThreadsAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      byte[] shared = events.encode(PLACED);
      List<Future<?>> running =
          IntStream.range(0, 8)
              .<Future<?>>mapToObj(
                  t ->
                      threads.submit(
                          () -> {
                            for (int i = 0; i < 2_000; i++) {
                              Placed own =
                                  new Placed(
                                      new UUID(t, i), Channel.WEB, PLACED.items(), PLACED.tags());
                              assertThat(events.decode(events.encode(own))).isEqualTo(own);
                              assertThat(events.decode(shared)).isEqualTo(PLACED);
                            }
                          }))
              .toList();
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(shared).isEqualTo(events.encode(PLACED));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void storesASuperclassThatIsNamedToo() {
    KryoCodec<Named> codec = KryoCodec.of(Named.class, Account.class);
    Named copy = codec.decode(codec.encode(new Account("a", 1, null)));

    assertThat(copy).isInstanceOf(Account.class);
    assertThat(((Account) copy).describe()).isEqualTo("a/1/null/7");
  }
}
