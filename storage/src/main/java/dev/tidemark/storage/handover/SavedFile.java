package dev.tidemark.storage.handover;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.format.FileKind;
import dev.tidemark.storage.format.SealedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A small file on which no state depends: one that cannot be read counts for nothing, and what
 * cannot be saved is tried again.
 */
final class SavedFile {
  private final FileKind kind;
  private final Path file;
  private final DurableFiles disk;
  private final byte[] storeId;

  SavedFile(FileKind kind, Path file, DurableFiles disk, byte[] storeId) {
    this.kind = kind;
    this.file = file;
    this.disk = disk;
    this.storeId = storeId;
  }

  /**
   * Reads it, if it is there.
   *
   * @return whether there is nothing that could not be read
   */
  boolean read(Consumer<ByteReader> reader) {
    try {
      ByteReader in = SealedFile.open(kind, file, Files.readAllBytes(file), storeId).content();
      reader.accept(in);
      in.expectEnd();
      return true;
    } catch (NoSuchFileException none) {
      return true;
    } catch (IOException | TidemarkException unreadable) {
      return false;
    }
  }

  /** Replaces it; whether it could be. */
  boolean save(ByteWriter content) {
    try {
      disk.replace(file, SealedFile.seal(kind, storeId, content));
      return true;
    } catch (IOException | TidemarkException full) {
      return false;
    }
  }
}
