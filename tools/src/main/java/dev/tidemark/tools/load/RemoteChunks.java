package dev.tidemark.tools.load;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.storage.blob.BlobOutput;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Visit;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.tools.output.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The large values of a replica that has no store, as long as it writes: beside the file of
 * acknowledgements, where the next one finds and removes what a killed one has left.
 */
final class RemoteChunks implements AutoCloseable {
  private final Path directory;
  private final BlobStore chunks;

  private RemoteChunks(Path directory) {
    this.directory = directory;
    this.chunks = new BlobStore(new StoreFiles(directory), DurableFiles.standard(), 0);
  }

  /** Begins without any. */
  static RemoteChunks beside(Path file) throws IOException {
    Path directory = Path.of(file + ".chunks");
    Directories.delete(directory);
    Files.createDirectory(directory);
    return new RemoteChunks(directory);
  }

  LargeValue write(Bytes value) {
    try (Visit visit = chunks.visit();
        BlobOutput out = visit.write()) {
      out.write(value.array(), 0, value.length());
      return out.finish();
    }
  }

  BlobSource source() {
    return chunks;
  }

  @Override
  public void close() throws IOException {
    chunks.close();
    Directories.delete(directory);
  }
}
