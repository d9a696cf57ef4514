package dev.tidemark.storage.file;

import dev.tidemark.error.Problem;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/**
 * File channels that an interrupt does not close. By default the JDK closes a channel under any
 * thread that is interrupted in, or enters interrupted, one of its calls: an application that
 * interrupts one writer would fail a force that all writers share, and poison the store.
 */
public final class FileChannels {
  /** Larger reads make the JDK keep a native buffer of their size per thread. */
  private static final int MAX_READ_BYTES = 256 * 1024;

  private FileChannels() {}

  /** Opens a channel that survives interrupts. */
  public static FileChannel open(Path path, OpenOption... options) throws IOException {
    Method shield = Shield.METHOD;
    FileChannel channel = FileChannel.open(path, options);
    try {
      shield.invoke(channel);
      return channel;
    } catch (ReflectiveOperationException e) {
      channel.close();
      throw unshielded(e);
    }
  }

  private static IllegalStateException unshielded(Exception cause) {
    return Problem.of("this JVM cannot shield a file from interrupts")
        .with("java", Runtime.version())
        .with("cause", cause)
        .illegalState();
  }

  /** Looked up once, at the first file. */
  private static final class Shield {
    private static final Method METHOD = find();

    private static Method find() {
      JvmFlags.require();
      try {
        Method method = Class.forName("sun.nio.ch.FileChannelImpl").getMethod("setUninterruptible");
        method.setAccessible(true);
        return method;
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw unshielded(e);
      }
    }
  }

  /** Reads up to the given number of bytes at an offset; fewer only at the end of the file. */
  public static int read(FileChannel channel, long offset, byte[] into, int at, int length)
      throws IOException {
    int done = 0;
    while (done < length) {
      int step = Math.min(length - done, MAX_READ_BYTES);
      int n = channel.read(ByteBuffer.wrap(into, at + done, step), offset + done);
      if (n < 0) {
        break;
      }
      done += n;
    }
    return done;
  }

  /** Writes all the bytes at an offset. */
  public static void write(FileChannel channel, long offset, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long at = offset;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
  }
}
