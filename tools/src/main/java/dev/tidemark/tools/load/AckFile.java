package dev.tidemark.tools.load;

import dev.tidemark.error.Problem;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file that acknowledgements are appended to, each by one write of its own: nothing is held
 * back in this process, so a kill of it takes back none. Safe to use from several threads.
 */
final class AckFile implements AutoCloseable {
  private final FileChannel channel;
  private boolean cut;

  private AckFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens the file, creating it if it is missing.
   *
   * @throws IllegalArgumentException if it lies in the store's directory, whose loss it has to tell
   */
  static AckFile open(Path file, Path store) throws IOException {
    if (real(file).startsWith(real(store))) {
      throw Problem.of("file of acknowledgements lies in the store")
          .with("file", file)
          .with("store", store)
          .advise("put it elsewhere: it has to outlive the store")
          .illegalArgument();
    }
    FileChannel channel =
        FileChannels.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    AckFile acks = new AckFile(channel);
    if (endsInsideLine(file)) {
      acks.append("");
    }
    return acks;
  }

  private static boolean endsInsideLine(Path file) throws IOException {
    try (FileChannel reader = FileChannels.open(file, StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return reader.size() > 0 && reader.read(last, reader.size() - 1) == 1 && last.get(0) != '\n';
    }
  }

  /** The path without links, as far as it is there already. */
  private static Path real(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    if (Files.exists(absolute)) {
      return absolute.toRealPath();
    }
    Path parent = absolute.getParent();
    return parent == null ? absolute : real(parent).resolve(absolute.getFileName());
  }

  /** Appends a line; behind one that was written in part there is none. */
  synchronized void append(String line) throws IOException {
    if (cut) {
      throw new IOException("an earlier line was written in part");
    }
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
    int length = bytes.remaining();
    cut = true;
    if (channel.write(bytes) != length) {
      throw new IOException("line was written in part: no space left?");
    }
    cut = false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
