package dev.tidemark.storage.membership;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.interest.RingFacts;
import dev.tidemark.engine.interest.RingId;
import dev.tidemark.engine.interest.RingWord;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.MalformedException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The key under which rings are announced, and members say how far they are with them: an {@code
 * lww-map}.
 *
 * <pre>
 *   field                value
 *   ring/EPOCH/DIGEST    {@link Ring}
 *   word/NAME            {@link RingWord}
 * </pre>
 *
 * The epoch is decimal, the digest that of the {@link RingId} as sixteen digits. What cannot be
 * read says nothing, and says so to every store alike.
 */
public final class RingKey {
  /** The key. */
  public static final Bytes KEY = Bytes.utf8(Namespace.SYSTEM.prefix().toUtf8() + "ring");

  private static final String RING = "ring/";
  private static final String WORD = "word/";

  private RingKey() {}

  /** Announces a ring. */
  public static Update ring(Ring ring) {
    ByteWriter value = new ByteWriter(256);
    ring.encode(value);
    return new Update.PutField(field(RingId.of(ring)), Bytes.wrap(value.toByteArray()));
  }

  /** Takes an old ring back, which nobody has anything to do with any more. */
  public static Update withoutRing(RingId id) {
    return new Update.Remove(field(id));
  }

  private static Bytes field(RingId id) {
    return Bytes.utf8(RING + id.epoch() + "/" + HexFormat.of().toHexDigits(id.digest()));
  }

  /** What a member says. */
  public static Update word(String name, RingWord word) {
    ByteWriter value = new ByteWriter(64);
    word.encode(value);
    return new Update.PutField(Bytes.utf8(WORD + name), Bytes.wrap(value.toByteArray()));
  }

  /** Takes back what one has said who is no member any more. */
  public static Update withoutWord(String name) {
    return new Update.Remove(Bytes.utf8(WORD + name));
  }

  /**
   * All that the key says.
   *
   * @param known rings that were read before: they are not made anew
   */
  public static RingFacts facts(KeyView key, Map<RingId, Ring> known) {
    TreeMap<RingId, Ring> rings = new TreeMap<>();
    TreeMap<String, RingWord> words = new TreeMap<>();
    key.cells(
        CellRange.ALL,
        (field, bytes) -> {
          Bytes value = VersionedCell.decode(bytes).value();
          if (value != null && field.isUtf8()) {
            read(field.toUtf8(), value, known, rings, words);
          }
          return true;
        });
    return new RingFacts(rings, words);
  }

  private static void read(
      String field,
      Bytes value,
      Map<RingId, Ring> known,
      Map<RingId, Ring> rings,
      Map<String, RingWord> words) {
    try {
      RingId id = id(field);
      if (id != null) {
        Ring ring = known.get(id);
        rings.put(id, ring != null ? ring : ring(id, value));
      } else if (field.startsWith(WORD)) {
        ByteReader in = new ByteReader(value.array());
        RingWord word = RingWord.decode(in);
        in.expectEnd();
        words.put(field.substring(WORD.length()), word);
      }
    } catch (MalformedException unreadable) {
      // It says nothing.
    }
  }

  private static Ring ring(RingId id, Bytes value) {
    ByteReader in = new ByteReader(value.array());
    Ring ring = Ring.decode(in);
    in.expectEnd();
    if (!RingId.of(ring).equals(id)) {
      throw in.malformed("ring has another id than its field");
    }
    return ring;
  }

  /** Of which ring a field is; null if of none. */
  private static @Nullable RingId id(String field) {
    String[] words = field.split("/", -1);
    if (words.length != 3 || !field.startsWith(RING)) {
      return null;
    }
    try {
      RingId id = new RingId(Long.parseLong(words[1]), HexFormat.fromHexDigitsToLong(words[2]));
      return field(id).equals(Bytes.utf8(field)) ? id : null;
    } catch (IllegalArgumentException noNumber) {
      return null;
    }
  }
}
