package dev.tidemark.engine.commit;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.interest.Interest;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * Encoded commits of which some operations are withheld from one who has no interest in their keys:
 * see {@link CommitLayout}. What is left says how many operations there are, to which keys, and
 * follows the origin's {@link ChainHash} as the whole commit does. So sequences stay dense, and
 * whoever withholds what he owes, or says another key for it, is found out.
 */
public final class PartialCommit {
  /** Said in the tag of an operation whose delta is to be had elsewhere. */
  private static final int OWED = CommitLayout.WITHHELD;

  private PartialCommit() {}

  /** Whether anything of an encoded commit is withheld. */
  public static boolean is(byte[] bytes, int offset) {
    ByteReader in = new ByteReader(bytes, offset + CommitLayout.OPERATIONS, Integer.BYTES);
    return (in.i32() & CommitLayout.PARTIAL) != 0;
  }

  /**
   * Whether an operation is withheld that is of an interest, and not lost: then the commit does not
   * serve it.
   */
  public static boolean lacks(byte[] commit, int offset, int length, Interest interest) {
    return is(commit, offset)
        && isAny(commit, offset, length, (mark, key) -> mark == OWED && interest.covers(key));
  }

  /**
   * The commit for one who has an interest: without what is not of it. It is the same array if that
   * is nothing, or if the rest would be larger than a commit may be.
   */
  public static byte[] of(byte[] commit, Interest interest) {
    boolean withholds =
        !interest.isAll()
            && isAny(commit, 0, commit.length, (mark, key) -> mark == 0 && !interest.covers(key));
    if (!withholds) {
      return commit;
    }
    byte[] partial = without(commit, key -> !interest.covers(key));
    return partial.length > Limits.MAX_COMMIT_BYTES ? commit : partial;
  }

  private static byte[] without(byte[] commit, Predicate<Bytes> unwanted) {
    ByteReader in = new ByteReader(commit);
    int operations = operations(in);
    ByteWriter out = new ByteWriter(commit.length);
    out.raw(commit, 0, CommitLayout.OPERATIONS).i32(operations | CommitLayout.PARTIAL);
    out.raw(commit, CommitLayout.SUMMARY, in.position() - CommitLayout.SUMMARY);
    for (int i = 0; i < operations; i++) {
      Place place = Place.read(in);
      if (place.mark != 0 || !unwanted.test(place.key(commit))) {
        place.copy(commit, out);
      } else {
        place.copyHead(commit, OWED, out);
        CRC32C crc = new CRC32C();
        crc.update(commit, place.deltaAt, place.end - place.deltaAt);
        encode(new Withheld(place.end - place.deltaAt, (int) crc.getValue(), false), out);
      }
    }
    return out.toByteArray();
  }

  /**
   * What two have of a commit together: of an operation the delta where one has it, or that it is
   * lost where one says so.
   *
   * @throws MalformedException if they are not of one commit
   */
  public static byte[] merged(byte[] one, byte[] other) {
    ByteReader left = new ByteReader(one);
    ByteReader right = new ByteReader(other);
    if (!CommitCodec.decodeHeader(left).equals(CommitCodec.decodeHeader(right))) {
      throw left.malformed("parts are not of one commit");
    }
    int head = left.position();
    int operations = new ByteReader(one, CommitLayout.OPERATIONS, Integer.BYTES).i32();
    int count = operations & ~CommitLayout.PARTIAL;
    boolean withheld = false;
    ByteWriter places = new ByteWriter(Math.max(one.length, other.length));
    for (int i = 0; i < count; i++) {
      Place mine = Place.read(left);
      Place theirs = Place.read(right);
      if (!mine.key(one).equals(theirs.key(other))) {
        throw left.malformed("parts are not of one commit");
      }
      if (mine.mark == 0 || theirs.mark == OWED) {
        mine.copy(one, places);
      } else {
        theirs.copy(other, places);
      }
      withheld |= mine.mark != 0 && theirs.mark != 0;
    }
    return new ByteWriter(head + places.length())
        .raw(one, 0, CommitLayout.OPERATIONS)
        .i32(withheld ? count | CommitLayout.PARTIAL : count)
        .raw(one, CommitLayout.SUMMARY, head - CommitLayout.SUMMARY)
        .raw(places.buffer(), 0, places.length())
        .toByteArray();
  }

  /** The commit, with what it lacks of an interest marked as lost. */
  public static byte[] lost(byte[] commit, Interest interest) {
    byte[] marked = commit.clone();
    ByteReader in = new ByteReader(commit);
    for (int i = operations(in); i > 0; i--) {
      Place place = Place.read(in);
      if (place.mark == OWED && interest.covers(place.key(commit))) {
        marked[place.start] |= (byte) CommitLayout.LOST;
      }
    }
    return marked;
  }

  /** Reads up to the operations; how many there are. */
  private static int operations(ByteReader in) {
    in.skip(CommitLayout.OPERATIONS);
    int operations = in.i32() & ~CommitLayout.PARTIAL;
    VersionVector.skip(in);
    return operations;
  }

  /** What the tag of an operation that is withheld says beside its strategy. */
  static int mark(Withheld withheld) {
    return withheld.isLost() ? CommitLayout.MARKS : OWED;
  }

  /** How many bytes stand in the place of a delta that is withheld. */
  static int encodedLength(Withheld withheld) {
    return Integer.BYTES + ByteWriter.varintLength(withheld.length());
  }

  /** Writes what stands in the place of a delta, and its own length before it. */
  static void encode(Withheld withheld, ByteWriter out) {
    out.varint(encodedLength(withheld)).i32(withheld.crc()).varint(withheld.length());
  }

  /** Reads what stands in the place of a delta. */
  static Withheld decode(ByteReader in, int tag) {
    int crc = in.i32();
    int length = in.count("withheld bytes", Limits.MAX_COMMIT_BYTES);
    in.expectEnd();
    return new Withheld(length, crc, (tag & CommitLayout.MARKS) != OWED);
  }

  /** The CRC32C of the content of the whole commit, from what is left of it. */
  static int contentCrc(byte[] bytes, int offset, int length) {
    ByteReader in = new ByteReader(bytes, offset, length);
    int operations = operations(in);
    Crc32cPieces crc = new Crc32cPieces();
    crc.add(bytes, offset, CommitLayout.CHAIN);
    byte[] count = new ByteWriter().i32(operations).toByteArray();
    crc.add(count, 0, count.length);
    int summaryAt = offset + CommitLayout.SUMMARY;
    crc.add(bytes, summaryAt, in.position() - summaryAt);
    for (int i = 0; i < operations; i++) {
      Place place = Place.read(in);
      if (place.mark == 0) {
        crc.add(bytes, place.start, place.end - place.start);
        continue;
      }
      ByteReader told = new ByteReader(bytes, place.deltaAt, place.end - place.deltaAt);
      Withheld withheld = decode(told, bytes[place.start]);
      ByteWriter head = new ByteWriter();
      head.u8(bytes[place.start] & ~CommitLayout.MARKS);
      head.raw(bytes, place.start + 1, place.keyEnd - place.start - 1);
      head.varint(withheld.length());
      crc.add(head.buffer(), 0, head.length());
      crc.add(withheld);
    }
    return crc.value();
  }

  private interface Test {
    boolean test(int mark, Bytes key);
  }

  private static boolean isAny(byte[] commit, int offset, int length, Test test) {
    ByteReader in = new ByteReader(commit, offset, length);
    for (int i = operations(in); i > 0; i--) {
      Place place = Place.read(in);
      if (test.test(place.mark, place.key(commit))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Where an operation is in the bytes of its commit.
   *
   * @param mark 0 if its delta is there
   */
  private record Place(int mark, int start, int keyAt, int keyEnd, int deltaAt, int end) {
    static Place read(ByteReader in) {
      int start = in.position();
      int tag = in.u8();
      int mark = (tag & CommitLayout.WITHHELD) != 0 ? tag & CommitLayout.MARKS : 0;
      in.skip(1);
      int keyLength = in.count("key bytes", Limits.MAX_KEY_BYTES);
      int keyAt = in.position();
      in.skip(keyLength);
      int deltaLength = in.count("delta bytes", in.remaining());
      int deltaAt = in.position();
      in.skip(deltaLength);
      return new Place(mark, start, keyAt, keyAt + keyLength, deltaAt, in.position());
    }

    void copy(byte[] commit, ByteWriter out) {
      out.raw(commit, start, end - start);
    }

    /** All but the delta, with another mark. */
    void copyHead(byte[] commit, int marked, ByteWriter out) {
      out.u8(commit[start] | marked).raw(commit, start + 1, keyEnd - start - 1);
    }

    Bytes key(byte[] commit) {
      return Bytes.wrap(Arrays.copyOfRange(commit, keyAt, keyEnd));
    }
  }
}
