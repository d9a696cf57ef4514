package dev.tidemark.engine.commit;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** The bytes of a commit, as they are logged and sent: see {@link CommitLayout}. */
public final class CommitCodec {
  private static final int MIN_OPERATION_BYTES = 7;

  /** The bottom of every lattice: joined, it changes nothing. */
  private static final KeyDelta NOTHING = KeyDelta.ofHead(new byte[0]);

  private CommitCodec() {}

  /**
   * Writes a commit and gives its header, with the chain hash that follows from the one before.
   *
   * @param header the commit's header; its chain is ignored
   * @param chainBefore the origin's chain hash before this commit
   */
  public static CommitHeader encode(
      CommitHeader header, List<Operation> operations, long chainBefore, ByteWriter out) {
    int start = out.length();
    out.i64(header.origin()).i64(header.firstSequence()).i64(header.stamp()).i64(0);
    boolean withheld = false;
    // By index here and below: a stream for one operation was a fiftieth of a put.
    for (int i = 0; i < operations.size(); i++) {
      withheld |= operations.get(i).isWithheld();
    }
    out.i32(operations.size() | (withheld ? CommitLayout.PARTIAL : 0));
    header.summary().encode(out);
    for (int i = 0; i < operations.size(); i++) {
      encode(operations.get(i), out);
    }
    long chain = chain(out.buffer(), start, out.length() - start, chainBefore);
    out.i64At(start + CommitLayout.CHAIN, chain);
    return new CommitHeader(
        header.origin(),
        header.firstSequence(),
        header.stamp(),
        operations.size(),
        header.summary(),
        chain);
  }

  private static void encode(Operation operation, ByteWriter out) {
    Namespace namespace = operation.namespace();
    Withheld withheld = operation.withheld();
    int mark = withheld == null ? 0 : PartialCommit.mark(withheld);
    out.u8(namespace.strategy().tag() | mark);
    out.u8(namespace.prefix().length()).bytes(operation.key());
    if (withheld == null) {
      out.varint(operation.delta().encodedLength());
      operation.delta().encode(out);
    } else {
      PartialCommit.encode(withheld, out);
    }
  }

  /** How many bytes an operation takes in an encoded commit. */
  public static int encodedLength(Operation operation) {
    int key = operation.key().length();
    Withheld withheld = operation.withheld();
    int delta =
        withheld == null
            ? operation.delta().encodedLength()
            : PartialCommit.encodedLength(withheld);
    return 2 + ByteWriter.varintLength(key) + key + ByteWriter.varintLength(delta) + delta;
  }

  /** The chain hash that an encoded commit should carry, given the origin's before it. */
  public static long chain(byte[] bytes, int offset, int length, long chainBefore) {
    ByteReader in = new ByteReader(bytes, offset + CommitLayout.FIRST_SEQUENCE, Long.BYTES);
    int crc =
        PartialCommit.is(bytes, offset)
            ? PartialCommit.contentCrc(bytes, offset, length)
            : contentCrc(bytes, offset, length);
    return ChainHash.next(chainBefore, in.i64(), crc);
  }

  private static int contentCrc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, CommitLayout.CHAIN);
    int rest = CommitLayout.CHAIN + Long.BYTES;
    crc.update(bytes, offset + rest, length - rest);
    return (int) crc.getValue();
  }

  /** Reads the header alone: enough to decide whether the rest is wanted. */
  public static CommitHeader decodeHeader(ByteReader in) {
    long origin = in.i64();
    long firstSequence = in.i64();
    long stamp = in.i64();
    long chain = in.i64();
    int operations = in.i32() & ~CommitLayout.PARTIAL;
    VersionVector summary = VersionVector.decode(in);
    if (origin == 0) {
      throw in.malformed("commit has no origin");
    }
    if (operations < 1 || operations > Limits.MAX_OPERATIONS) {
      throw in.malformed("commit has an impossible number of operations");
    }
    if (firstSequence < 1 || firstSequence > Long.MAX_VALUE - operations) {
      throw in.malformed("commit has an impossible sequence");
    }
    if (stamp < 1 || stamp > HybridTimestamp.MAX_STAMP - operations) {
      throw in.malformed("commit has an impossible stamp");
    }
    if (summary.get(origin) != 0) {
      throw in.malformed("commit's summary names its own origin");
    }
    return new CommitHeader(origin, firstSequence, stamp, operations, summary, chain);
  }

  /** Reads a whole commit and holds every delta to its strategy and to the limits. */
  public static Commit decode(byte[] bytes, int offset, int length) {
    if (length > Limits.MAX_COMMIT_BYTES) {
      throw new MalformedException(
          Problem.of("commit is too large")
              .with("bytes", length)
              .with("limit", Limits.MAX_COMMIT_BYTES));
    }
    ByteReader in = new ByteReader(bytes, offset, length);
    CommitHeader header = decodeHeader(in);
    if (header.operations() > in.remaining() / MIN_OPERATION_BYTES) {
      throw in.malformed("commit is shorter than its operations");
    }
    List<Operation> operations = new ArrayList<>(header.operations());
    boolean withheld = false;
    for (int i = 0; i < header.operations(); i++) {
      Operation operation = decodeOperation(in, header.operation(i));
      operations.add(operation);
      withheld |= operation.isWithheld();
    }
    in.expectEnd();
    if (withheld != PartialCommit.is(bytes, offset)) {
      throw in.malformed("commit does not say rightly whether something of it is withheld");
    }
    return new Commit(header, operations);
  }

  /**
   * Decodes those operations of an encoded commit that are on a key and not owed, and passes over
   * the rest.
   */
  public static void select(
      byte[] bytes, int offset, int length, Bytes key, BiConsumer<OperationId, Operation> visitor) {
    ByteReader in = new ByteReader(bytes, offset, length);
    CommitHeader header = decodeHeader(in);
    for (int i = 0; i < header.operations(); i++) {
      int start = in.position();
      in.skip(2);
      int keyLength = in.count("key bytes", Limits.MAX_KEY_BYTES);
      int keyAt = in.position();
      in.skip(keyLength);
      in.slice("delta bytes");
      if (Arrays.equals(bytes, keyAt, keyAt + keyLength, key.array(), 0, key.length())) {
        ByteReader operation = new ByteReader(bytes, start, in.position() - start);
        OperationId id = header.operation(i);
        Operation decoded = decodeOperation(operation, id);
        if (!decoded.isOwed()) {
          visitor.accept(id, decoded);
        }
      }
    }
  }

  /** Takes the place of an operation in the bytes of its commit. */
  @FunctionalInterface
  public interface PlaceVisitor {
    /**
     * Takes it.
     *
     * @param start where its strategy's tag is; the length of its prefix follows
     * @param keyAt where its key begins
     * @param keyEnd where its key ends and the length of its delta is
     * @param end where its delta ends
     */
    void visit(int start, int keyAt, int keyEnd, int end);
  }

  /**
   * Visits the places of the operations of an encoded commit that are not withheld, and decodes
   * none.
   */
  public static void places(byte[] bytes, int offset, int length, PlaceVisitor visitor) {
    ByteReader in = new ByteReader(bytes, offset, length);
    in.skip(CommitLayout.OPERATIONS);
    int operations = in.i32() & ~CommitLayout.PARTIAL;
    VersionVector.skip(in);
    for (int i = 0; i < operations; i++) {
      int start = in.position();
      boolean withheld = (in.u8() & CommitLayout.WITHHELD) != 0;
      in.skip(1);
      int keyLength = in.count("key bytes", Limits.MAX_KEY_BYTES);
      int keyAt = in.position();
      in.skip(keyLength);
      in.skip(in.count("delta bytes", in.remaining()));
      if (!withheld) {
        visitor.visit(start, keyAt, keyAt + keyLength, in.position());
      }
    }
    in.expectEnd();
  }

  /** Visits the keys of the operations of an encoded commit, and decodes no more of it. */
  public static void keys(byte[] bytes, int offset, int length, Consumer<Bytes> visitor) {
    ByteReader in = new ByteReader(bytes, offset, length);
    int operations = decodeHeader(in).operations();
    for (int i = 0; i < operations; i++) {
      in.skip(2);
      visitor.accept(Bytes.wrap(in.bytes("key bytes", Limits.MAX_KEY_BYTES)));
      in.slice("delta bytes");
    }
  }

  private static Operation decodeOperation(ByteReader in, OperationId id) {
    int tag = in.u8();
    boolean withheld = (tag & CommitLayout.WITHHELD) != 0;
    Strategy strategy = Strategy.ofTag(withheld ? tag & ~CommitLayout.MARKS : tag);
    int prefixLength = in.u8();
    byte[] key = in.bytes("key bytes", Limits.MAX_KEY_BYTES);
    if (key.length == 0 || prefixLength > key.length) {
      throw in.malformed("key is shorter than its prefix");
    }
    Bytes prefix = Bytes.wrap(Arrays.copyOf(key, prefixLength));
    if (!Bytes.wrap(key).isUtf8() || !prefix.isUtf8()) {
      throw in.malformed("key or prefix is not UTF-8");
    }
    Namespace namespace = new Namespace(prefix, strategy);
    if (withheld) {
      Withheld told = PartialCommit.decode(in.slice("withheld bytes"), tag);
      return new Operation(namespace, Bytes.wrap(key), NOTHING, told);
    }
    KeyDelta delta = decodeDelta(in.slice("delta bytes"));
    strategy.lattice().validate(delta);
    strategy.lattice().expectMadeBy(delta, id);
    return new Operation(namespace, Bytes.wrap(key), delta);
  }

  private static KeyDelta decodeDelta(ByteReader in) {
    KeyDelta delta = KeyDelta.decode(in);
    in.expectEnd();
    return delta;
  }
}
