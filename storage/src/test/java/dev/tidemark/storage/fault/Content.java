package dev.tidemark.storage.fault;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The bytes of a file: those up to its last written one, and its length, which a mapped file has
 * long before it is full.
 *
 * @param bytes what is written; zeros follow
 * @param length the length of the file
 */
record Content(byte[] bytes, long length) {
  static final Content EMPTY = new Content(new byte[0], 0);
  static final int PAGE_BYTES = 4096;

  private static final int STEP_BYTES = 16 << 10;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(STEP_BYTES);
  private static final ThreadLocal<ByteBuffer> STEP =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STEP_BYTES));

  /** As many zeros end the search for more: entries here are small, and are written in a row. */
  private static final int ENOUGH_ZEROS = 64 << 10;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  static Content of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer step = STEP.get();
      byte[] bytes = new byte[STEP_BYTES];
      int written = 0;
      for (int at = 0; at - written < ENOUGH_ZEROS; at += STEP_BYTES) {
        int read = channel.read(step.clear(), at);
        if (read <= 0) {
          break;
        }
        // Before it is copied: most of what is read of a mapped file was never written.
        if (step.flip().mismatch(ZEROS.duplicate().limit(read)) >= 0) {
          bytes = at + read > bytes.length ? Arrays.copyOf(bytes, 2 * (at + read)) : bytes;
          step.get(bytes, at, read);
          written = lastNotZero(bytes, at + read) + 1;
        }
      }
      return new Content(Arrays.copyOf(bytes, written), channel.size());
    }
  }

  private static int lastNotZero(byte[] bytes, int length) {
    int last = length - 1;
    while (last >= Long.BYTES && (long) LONGS.get(bytes, last + 1 - Long.BYTES) == 0) {
      last -= Long.BYTES;
    }
    while (bytes[last] == 0) {
      last--;
    }
    return last;
  }

  void writeTo(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), 0);
      if (length > bytes.length) {
        channel.write(ByteBuffer.allocate(1), length - 1);
      }
    }
  }

  /** The same bytes up to a length. */
  Content cutTo(long newLength) {
    return new Content(Arrays.copyOf(bytes, (int) Math.min(bytes.length, newLength)), newLength);
  }

  /** Whether a piece of it is as in another. */
  boolean sameAs(Content other, int from, int to) {
    return Arrays.equals(piece(from, to), other.piece(from, to));
  }

  private byte[] piece(int from, int to) {
    return from >= bytes.length
        ? new byte[to - from]
        : Arrays.copyOf(Arrays.copyOfRange(bytes, from, Math.min(to, bytes.length)), to - from);
  }

  /** This with a piece of another in its place; the length follows if it has to. */
  Content with(Content other, int from, int to) {
    int end = Math.min(to, Math.max(from, other.bytes.length));
    byte[] all = Arrays.copyOf(bytes, Math.max(bytes.length, end));
    System.arraycopy(other.piece(from, to), 0, all, from, Math.min(to, all.length) - from);
    return new Content(all, Math.max(length, end));
  }

  /** How far two contents have to be compared, in whole pages. */
  static int pagesEnd(Content a, Content b) {
    int most = Math.max(a.bytes.length, b.bytes.length);
    return (most + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }
}
