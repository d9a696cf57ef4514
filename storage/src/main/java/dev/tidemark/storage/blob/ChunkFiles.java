package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.BlobFiles;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the files of chunks, and writes nothing. */
record ChunkFiles(BlobFiles files) {
  private static final int TOO_LONG = ChunkLayout.MAX_BYTES + 1;

  /** Whether a chunk is there, whole or not. */
  boolean exists(Bytes hash) {
    return Files.exists(files.chunk(hash));
  }

  /** The bytes of a chunk's file as they are, unverified; empty if it is not there. */
  Optional<byte[]> image(Bytes hash) {
    byte[] buffer = new byte[TOO_LONG];
    int bytes = read(hash, buffer);
    return bytes < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(buffer, bytes));
  }

  /**
   * Reads a chunk and verifies that it is what its name says.
   *
   * @param image a buffer for the file, of {@link #bufferBytes} bytes
   * @param into receives the content; has room for {@link ChunkTree#CHUNK_BYTES}
   * @throws MissingDataException if it is not there
   * @throws DamagedException if it is not what its name says
   */
  ChunkImage.Content read(Bytes hash, byte[] image, byte[] into) {
    int bytes = read(hash, image);
    if (bytes < 0) {
      throw missing(hash);
    }
    ChunkImage.Content content;
    try {
      content = ChunkImage.decode(image, bytes, into);
    } catch (MalformedException e) {
      throw damaged(hash, e.getMessage(), e);
    }
    if (!content.hash().equals(hash)) {
      throw damaged(hash, hex(content.hash()), null);
    }
    return content;
  }

  /** The room that the file of any chunk needs, and to see that one is too long. */
  static int bufferBytes() {
    return TOO_LONG;
  }

  /** How many bytes the file has, one more than the most if it is too long; -1 if there is none. */
  private int read(Bytes hash, byte[] buffer) {
    Path file = files.chunk(hash);
    try (FileChannel channel = FileChannels.open(file, StandardOpenOption.READ)) {
      return FileChannels.read(channel, 0, buffer, 0, TOO_LONG);
    } catch (NoSuchFileException e) {
      return -1;
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("chunk of a large value cannot be read").with("file", file).with("cause", e),
          e);
    }
  }

  private MissingDataException missing(Bytes hash) {
    return new MissingDataException(
        Problem.of("chunk of a large value is missing")
            .with("file", files.chunk(hash))
            .advise("fetch the value from a store that has it"));
  }

  private DamagedException damaged(Bytes hash, @Nullable String actual, @Nullable Throwable cause) {
    return new DamagedException(
        Problem.of("chunk of a large value is damaged")
            .with("file", files.chunk(hash))
            .with("expected", hex(hash))
            .with("actual", String.valueOf(actual))
            .advise("fetch the value from a store that has it"),
        cause);
  }

  static String hex(Bytes hash) {
    return HexFormat.of().formatHex(hash.array());
  }
}
