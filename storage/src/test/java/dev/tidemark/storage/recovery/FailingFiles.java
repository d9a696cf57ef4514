package dev.tidemark.storage.recovery;

import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Stops at the n-th force, and does nothing ever after: as if the process had died there. */
final class FailingFiles extends DurableFiles {
  private int left;

  FailingFiles(int nth) {
    this.left = nth;
  }

  @Override
  public void force(FileChannel channel) throws IOException {
    step();
    super.force(channel);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    step();
    super.move(from, to);
  }

  private void step() throws IOException {
    if (--left <= 0) {
      throw new IOException("injected");
    }
  }
}
