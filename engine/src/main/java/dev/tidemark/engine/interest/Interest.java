package dev.tidemark.engine.interest;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which keys a store holds: those that begin with one of some prefixes and whose {@linkplain
 * KeyHash hash} lies in one of the ranges given with it. What stores say to each other about
 * themselves is in every interest. Immutable, and canonical: the same parts give the same bytes,
 * however they were put together.
 */
public final class Interest {
  /** How many pairs of a prefix and a range an interest may have. */
  public static final int MAX_PARTS = 1024;

  private static final int MIN_PART_BYTES = 1 + 2 * Long.BYTES;

  /** Every key: what a store has that was not told otherwise. */
  public static final Interest ALL = of(List.of(new Part(Bytes.EMPTY, HashRange.ALL)));

  /** No key of any user: a store that only knows who belongs to its cluster. */
  public static final Interest NONE = of(List.of());

  private final SortedMap<Bytes, List<HashRange>> parts;
  private final boolean all;

  private Interest(SortedMap<Bytes, List<HashRange>> parts) {
    this.parts = Collections.unmodifiableSortedMap(parts);
    this.all = List.of(HashRange.ALL).equals(parts.get(Bytes.EMPTY));
  }

  /** The keys under a prefix whose hash lies in a range. */
  public record Part(Bytes prefix, HashRange range) {}

  /**
   * An interest in all keys of some parts.
   *
   * @throws IllegalArgumentException if there are more than {@value #MAX_PARTS} that cannot be put
   *     together, or a prefix is too long or not UTF-8
   */
  public static Interest of(Collection<Part> parts) {
    TreeMap<Bytes, List<HashRange>> given = new TreeMap<>();
    for (Part part : parts) {
      requireValid(part.prefix());
      given.computeIfAbsent(part.prefix(), prefix -> new ArrayList<>()).add(part.range());
    }
    Interest interest = new Interest(canonical(given));
    if (interest.size() > MAX_PARTS) {
      throw Problem.of("interest has too many parts")
          .with("parts", interest.size())
          .with("limit", MAX_PARTS)
          .advise("give fewer and wider ranges")
          .illegalArgument();
    }
    return interest;
  }

  /** An interest in all keys under some prefixes. */
  public static Interest ofPrefixes(Collection<String> prefixes) {
    return of(
        prefixes.stream().map(prefix -> new Part(Bytes.utf8(prefix), HashRange.ALL)).toList());
  }

  /** An interest in all keys whose hashes lie in some ranges. */
  public static Interest ofRanges(Collection<HashRange> ranges) {
    return of(ranges.stream().map(range -> new Part(Bytes.EMPTY, range)).toList());
  }

  private static void requireValid(Bytes prefix) {
    if (prefix.length() > Limits.MAX_PREFIX_BYTES) {
      throw Problem.of("prefix of an interest is too long")
          .with("prefix", prefix)
          .with("bytes", prefix.length())
          .with("limit", Limits.MAX_PREFIX_BYTES)
          .advise("shorten it")
          .illegalArgument();
    }
    if (!prefix.isUtf8()) {
      throw Problem.of("prefix of an interest is not UTF-8")
          .with("prefix", prefix)
          .advise("end it where a character ends")
          .illegalArgument();
    }
  }

  /** Ranges that touch are one; what lies under a shorter prefix already is left out. */
  private static SortedMap<Bytes, List<HashRange>> canonical(
      SortedMap<Bytes, List<HashRange>> given) {
    TreeMap<Bytes, List<HashRange>> parts = new TreeMap<>();
    given.forEach((prefix, ranges) -> parts.put(prefix, merged(ranges)));
    TreeMap<Bytes, List<HashRange>> needed = new TreeMap<>();
    parts.forEach(
        (prefix, ranges) -> {
          List<HashRange> own =
              ranges.stream().filter(range -> !isUnderShorter(parts, prefix, range)).toList();
          if (!own.isEmpty()) {
            needed.put(prefix, own);
          }
        });
    return needed;
  }

  private static List<HashRange> merged(List<HashRange> ranges) {
    List<HashRange> merged = new ArrayList<>();
    for (HashRange next : ranges.stream().sorted().toList()) {
      int newest = merged.size() - 1;
      if (newest >= 0 && merged.get(newest).touches(next)) {
        merged.set(newest, merged.get(newest).upTo(next));
      } else {
        merged.add(next);
      }
    }
    return List.copyOf(merged);
  }

  private static boolean isUnderShorter(
      SortedMap<Bytes, List<HashRange>> parts, Bytes prefix, HashRange range) {
    return parts.entrySet().stream()
        .filter(other -> other.getKey().length() < prefix.length())
        .filter(other -> prefix.startsWith(other.getKey()))
        .anyMatch(other -> other.getValue().stream().anyMatch(wide -> wide.contains(range)));
  }

  /** Whether a key is of interest. */
  public boolean covers(Bytes key) {
    return all || Namespace.isReserved(key) || isInSomePart(key);
  }

  private boolean isInSomePart(Bytes key) {
    for (var part : parts.entrySet()) {
      if (key.startsWith(part.getKey()) && isInSome(part.getValue(), key)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isInSome(List<HashRange> ranges, Bytes key) {
    if (ranges.get(0).equals(HashRange.ALL)) {
      return true;
    }
    long hash = KeyHash.of(key);
    int at = Collections.binarySearch(ranges, new HashRange(hash, -1));
    // The one before where it would be inserted begins at or below the hash.
    int before = at >= 0 ? at : -at - 2;
    return before >= 0 && ranges.get(before).contains(hash);
  }

  /**
   * Whether every key that is of the other interest is of this one, as far as the prefixes there
   * begin with prefixes here.
   */
  public boolean covers(Interest other) {
    return all
        || other.parts.entrySet().stream()
            .allMatch(part -> HashRange.contain(under(part.getKey()), part.getValue()));
  }

  private boolean covers(Part part) {
    return HashRange.contain(under(part.prefix()), List.of(part.range()));
  }

  /** The hashes that all keys under a prefix may have: given with it, or with a shorter one. */
  private List<HashRange> under(Bytes prefix) {
    List<List<HashRange>> given =
        parts.entrySet().stream()
            .filter(own -> prefix.startsWith(own.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    return given.size() == 1 ? given.get(0) : merged(given.stream().flatMap(List::stream).toList());
  }

  /** Whether it is every key. */
  public boolean isAll() {
    return all;
  }

  /** The keys of either. */
  public Interest union(Interest other) {
    List<Part> both = new ArrayList<>(parts());
    both.addAll(other.parts());
    return of(both);
  }

  /**
   * The keys of both.
   *
   * @throws IllegalArgumentException if they are in more than {@value #MAX_PARTS} parts
   */
  public Interest intersection(Interest other) {
    return of(common(other));
  }

  /**
   * Of keys that are wanted and that another has, those that are lacking here: all, or as many
   * parts as the {@linkplain #union} with them has room for.
   */
  public Interest lacking(Interest wanted, Interest has) {
    return of(
        wanted.common(has).stream()
            .filter(part -> !covers(part))
            .limit(MAX_PARTS - size())
            .toList());
  }

  private List<Part> common(Interest other) {
    List<Part> common = new ArrayList<>();
    parts.forEach(
        (prefix, ranges) ->
            other.parts.forEach(
                (theirs, theirRanges) -> {
                  if (prefix.startsWith(theirs) || theirs.startsWith(prefix)) {
                    Bytes longer = prefix.length() > theirs.length() ? prefix : theirs;
                    HashRange.common(ranges, theirRanges)
                        .forEach(range -> common.add(new Part(longer, range)));
                  }
                }));
    return common;
  }

  /** Its parts, in the order of prefixes and ranges. */
  public List<Part> parts() {
    return parts.entrySet().stream()
        .flatMap(entry -> entry.getValue().stream().map(range -> new Part(entry.getKey(), range)))
        .toList();
  }

  private int size() {
    return parts.values().stream().mapToInt(List::size).sum();
  }

  /** Writes the number of parts, then of each the prefix and both ends of the range. */
  public void encode(ByteWriter out) {
    List<Part> all = parts();
    out.varint(all.size());
    for (Part part : all) {
      out.bytes(part.prefix()).i64(part.range().first()).i64(part.range().last());
    }
  }

  /** Reads what {@link #encode} wrote; any other bytes of the same parts are refused. */
  public static Interest decode(ByteReader in) {
    int count =
        in.count("parts of an interest", Math.min(MAX_PARTS, in.remaining() / MIN_PART_BYTES));
    List<Part> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Bytes prefix = Bytes.wrap(in.bytes("prefix bytes", Limits.MAX_PREFIX_BYTES));
      long first = in.i64();
      long last = in.i64();
      if (!prefix.isUtf8() || Long.compareUnsigned(first, last) > 0) {
        throw in.malformed("part of an interest is out of range");
      }
      parts.add(new Part(prefix, new HashRange(first, last)));
    }
    Interest interest = of(parts);
    if (!interest.parts().equals(parts)) {
      throw in.malformed("interest is not canonical");
    }
    return interest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Interest that && parts.equals(that.parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode();
  }

  @Override
  public String toString() {
    return isAll()
        ? "ALL"
        : parts().stream()
            .map(part -> "'" + part.prefix() + "'" + suffix(part.range()))
            .collect(Collectors.joining(" ", "[", "]"));
  }

  private static String suffix(HashRange range) {
    return range.equals(HashRange.ALL) ? "" : ":" + range;
  }
}
