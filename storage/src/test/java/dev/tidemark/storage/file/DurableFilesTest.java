package dev.tidemark.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
  private final DurableFiles disk = DurableFiles.standard();
  private Path directory;
  private Path file;

  @BeforeEach
  void aDirectory(@TempDir Path path) {
    directory = path;
    file = path.resolve("file");
  }

  @Test
  void replacesAFileAsAWhole() throws IOException {
    disk.replace(file, new byte[] {1, 2, 3});
    disk.replace(file, new byte[] {4});
    assertThat(Files.readAllBytes(file)).containsExactly(4);
    assertThat(directory).isDirectoryContaining("glob:**/file");
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void leavesTheOldContentWhenTheNewCannotBeForced() throws IOException {
    disk.replace(file, new byte[] {1, 2, 3});
    DurableFiles failing =
        new DurableFiles() {
          @Override
          public void force(FileChannel channel) throws IOException {
            throw new IOException("injected");
          }
        };
    assertThatThrownBy(() -> failing.replace(file, new byte[] {4})).isInstanceOf(IOException.class);
    assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 3);
    disk.replace(file, new byte[] {4});
    assertThat(Files.readAllBytes(file)).containsExactly(4);
  }

  @Test
  void rewritesTheFirstBytesOfAFile() throws IOException {
    byte[] content = new byte[3_000_000];
    new SplittableRandom(1).nextBytes(content);
    Files.write(file, content);
    disk.rewrite(file, 2_500_000);
    assertThat(Files.readAllBytes(file)).isEqualTo(java.util.Arrays.copyOf(content, 2_500_000));
    assertThatThrownBy(() -> disk.rewrite(file, 2_500_001)).isInstanceOf(IOException.class);
  }

  @Test
  void deletesADirectoryWithAllThatIsInIt() throws IOException {
    Path tree = directory.resolve("tree");
    disk.createDirectory(tree);
    disk.createDirectory(tree);
    Files.createDirectory(tree.resolve("inner"));
    Files.write(tree.resolve("inner").resolve("leaf"), new byte[1]);
    disk.deleteDirectory(tree);
    disk.deleteDirectory(tree);
    assertThat(tree).doesNotExist();
  }

  @Test
  void namesSegmentsSoThatTheySortByNumber() {
    StoreFiles files = new StoreFiles(directory);
    assertThat(files.segment(42).getFileName().toString()).isEqualTo("0000000000000042");
    assertThat(StoreFiles.segmentNumber(files.segment(42))).hasValue(42);
    assertThat(StoreFiles.segmentNumber(files.catalogue())).isEmpty();
    assertThat(StoreFiles.segmentNumber(files.log().resolve("000000000000004x"))).isEmpty();
  }
}
