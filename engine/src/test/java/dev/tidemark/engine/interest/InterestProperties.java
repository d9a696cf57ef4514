package dev.tidemark.engine.interest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.MalformedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** An interest is the set of keys that its parts say, and has one form. */
class InterestProperties {
  private static final long SIXTEENTH = 1L << 60;

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars('a', 'b', 'é').ofMaxLength(3);
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.strings().withChars('a', 'b', 'é').ofMinLength(1).ofMaxLength(5);
  }

  @Provide
  Arbitrary<List<Interest.Part>> parts() {
    Arbitrary<HashRange> ranges =
        Arbitraries.integers()
            .between(0, 15)
            .tuple2()
            .map(
                ends ->
                    range(Math.min(ends.get1(), ends.get2()), Math.max(ends.get1(), ends.get2())));
    Arbitrary<HashRange> mostlyAll = Arbitraries.oneOf(Arbitraries.just(HashRange.ALL), ranges);
    return Combinators.combine(names(), mostlyAll)
        .as((name, range) -> new Interest.Part(Bytes.utf8(name), range))
        .list()
        .ofMaxSize(6);
  }

  /** From one sixteenth of all hashes to another. */
  private static HashRange range(int first, int last) {
    return new HashRange(first * SIXTEENTH, (last + 1) * SIXTEENTH - 1);
  }

  @Property
  void aKeyIsOfInterestIfItIsInAnyPart(
      @ForAll("parts") List<Interest.Part> parts, @ForAll("keys") String key) {
    Bytes bytes = Bytes.utf8(key);
    boolean inAny =
        parts.stream()
            .anyMatch(
                part ->
                    bytes.startsWith(part.prefix()) && part.range().contains(KeyHash.of(bytes)));

    assertThat(Interest.of(parts).covers(bytes)).isEqualTo(inAny);
  }

  @Property
  void theOrderOfPartsAndTheirRepetitionDoNotMatter(
      @ForAll("parts") List<Interest.Part> parts, @ForAll long seed) {
    List<Interest.Part> shuffled = new ArrayList<>(parts);
    shuffled.addAll(parts);
    Collections.shuffle(shuffled, new Random(seed));

    assertThat(Interest.of(shuffled)).isEqualTo(Interest.of(parts));
    assertThat(encoded(Interest.of(shuffled))).isEqualTo(encoded(Interest.of(parts)));
  }

  @Property
  void comesBackFromItsBytes(@ForAll("parts") List<Interest.Part> parts) {
    Interest interest = Interest.of(parts);

    ByteReader in = new ByteReader(encoded(interest));
    assertThat(Interest.decode(in)).isEqualTo(interest);
    in.expectEnd();
  }

  @Property
  void whatCoversAnotherCoversItsKeys(
      @ForAll("parts") List<Interest.Part> parts,
      @ForAll("parts") List<Interest.Part> others,
      @ForAll("keys") String key) {
    Interest one = Interest.of(parts);
    Interest other = Interest.of(others);
    Bytes bytes = Bytes.utf8(key);

    if (one.covers(other) && other.covers(bytes)) {
      assertThat(one.covers(bytes)).isTrue();
    }
    Interest both = one.union(other);
    assertThat(both.covers(one)).isTrue();
    assertThat(both.covers(other)).isTrue();
    assertThat(both.covers(bytes)).isEqualTo(one.covers(bytes) || other.covers(bytes));
  }

  @Property
  void whatTwoHaveInCommonIsOfBoth(
      @ForAll("parts") List<Interest.Part> parts,
      @ForAll("parts") List<Interest.Part> others,
      @ForAll("keys") String key) {
    Interest one = Interest.of(parts);
    Interest other = Interest.of(others);
    Bytes bytes = Bytes.utf8(key);
    Interest common = one.intersection(other);

    assertThat(common.covers(bytes)).isEqualTo(one.covers(bytes) && other.covers(bytes));
    assertThat(common).isEqualTo(other.intersection(one));
    assertThat(one.covers(common) && other.covers(common)).isTrue();
    assertThat(one.intersection(one)).isEqualTo(one);
    assertThat(one.intersection(Interest.ALL)).isEqualTo(one);
    assertThat(one.intersection(Interest.NONE)).isEqualTo(Interest.NONE);
  }

  @Property
  void whatIsLackingMakesUpForWhatIsWantedAndThere(
      @ForAll("parts") List<Interest.Part> held,
      @ForAll("parts") List<Interest.Part> more,
      @ForAll("parts") List<Interest.Part> there) {
    Interest one = Interest.of(held);
    Interest wanted = one.union(Interest.of(more));
    Interest has = Interest.of(there);
    Interest lacking = one.lacking(wanted, has);

    assertThat(wanted.covers(lacking) && has.covers(lacking)).isTrue();
    assertThat(one.union(lacking).covers(wanted.intersection(has))).isTrue();
    assertThat(lacking.equals(Interest.NONE)).isEqualTo(one.covers(wanted.intersection(has)));
  }

  @Example
  void whatIsLackingIsNoMoreThanThereIsRoomFor() {
    Interest held = Interest.ofPrefixes(prefixes("p", Interest.MAX_PARTS - 3));
    Interest has = Interest.ofPrefixes(prefixes("q", 10));

    assertThat(held.lacking(Interest.ALL, has).parts()).hasSize(3);
    assertThat(held.union(held.lacking(Interest.ALL, has)).parts()).hasSize(Interest.MAX_PARTS);
  }

  private static List<String> prefixes(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + i + "/").toList();
  }

  @Example
  void rangesThatMeetUnderOnePrefixCoverWhatLiesInBoth() {
    Interest interest =
        Interest.of(
            List.of(
                new Interest.Part(Bytes.EMPTY, range(0, 7)),
                new Interest.Part(Bytes.utf8("a"), range(8, 15))));

    assertThat(interest.covers(Interest.ofPrefixes(List.of("a")))).isTrue();
    assertThat(interest.covers(Interest.ofPrefixes(List.of("b")))).isFalse();
    assertThat(interest.covers(Interest.ofRanges(List.of(range(3, 9))))).isFalse();
  }

  @Example
  void allCoversEverythingAndNoneOnlyWhatStoresKeepForThemselves() {
    Bytes system = Namespace.SYSTEM.prefix();

    assertThat(Interest.ALL.covers(Bytes.utf8("x"))).isTrue();
    assertThat(Interest.NONE.covers(Bytes.utf8("x"))).isFalse();
    assertThat(Interest.NONE.covers(system)).isTrue();
    assertThat(Interest.ALL.covers(Interest.NONE)).isTrue();
    assertThat(Interest.NONE.covers(Interest.ALL)).isFalse();
    assertThat(Interest.ofRanges(List.of(range(0, 7), range(8, 15)))).isEqualTo(Interest.ALL);
  }

  @Example
  void aPrefixEndsWithinAName() {
    Interest interest = Interest.ofPrefixes(List.of("scene."));

    assertThat(interest.covers(Bytes.utf8("scene.foo"))).isTrue();
    assertThat(interest.covers(Bytes.utf8("scenery"))).isFalse();
  }

  @Example
  void refusesTooManyPartsAndPrefixesThatAreTooLong() {
    List<String> many = prefixes("p", Interest.MAX_PARTS + 1);

    assertThatThrownBy(() -> Interest.ofPrefixes(many))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit=1024");
    assertThatThrownBy(() -> Interest.ofPrefixes(List.of("x".repeat(256))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit=255");
  }

  @Example
  void refusesBytesInAnotherForm() {
    ByteWriter twice = new ByteWriter().varint(2);
    for (int i = 0; i < 2; i++) {
      twice.bytes(Bytes.utf8("a")).i64(0).i64(-1);
    }
    ByteWriter many = new ByteWriter().varint(1L << 40);

    assertThatThrownBy(() -> Interest.decode(new ByteReader(twice.toByteArray())))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> Interest.decode(new ByteReader(many.toByteArray())))
        .isInstanceOf(MalformedException.class);
  }

  private static byte[] encoded(Interest interest) {
    ByteWriter out = new ByteWriter();
    interest.encode(out);
    return out.toByteArray();
  }
}
