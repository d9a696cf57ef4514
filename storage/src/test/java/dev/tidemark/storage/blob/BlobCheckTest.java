package dev.tidemark.storage.blob;

import static dev.tidemark.storage.blob.Blobs.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCheckTest {
  @TempDir private Path dir;
  private final List<BlobFinding> findings = new ArrayList<>();

  private BlobReport check(LargeValue... values) {
    findings.clear();
    return BlobCheck.run(
        new StoreFiles(dir),
        visitor -> Arrays.asList(values).forEach(visitor),
        findings::add,
        () -> {});
  }

  private LargeValue write(byte[] content) {
    try (BlobStore store = Blobs.open(dir)) {
      return Blobs.write(store, content);
    }
  }

  @Test
  void findsNothingWhereThereIsNothing() {
    assertThat(check()).isEqualTo(new BlobReport(0, 0, 0, 0, 0, 0, 0, 0));
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void countsEachChunkOnceWhateverRefersToIt() {
    byte[] content = Blobs.noise(1, 2 * MIB);
    LargeValue value = write(content);
    LargeValue part = write(Arrays.copyOf(content, MIB));
    long bytes = Blobs.bytes(Blobs.chunks(dir));
    LargeValue dropped = write(new byte[] {1});
    long dropping = Blobs.bytes(Blobs.chunks(dir)) - bytes;
    BlobReport report = check(value, part, value);
    assertThat(report).isEqualTo(new BlobReport(2, 0, 3, bytes, 0, 0, 1, dropping));
    assertThat(report.isWhole()).isTrue();
    assertThat(findings).isEmpty();
    assertThat(check(value, part, dropped).unreferenced()).isZero();
  }

  @Test
  void namesWhatIsMissingAndWhatIsDamaged() throws IOException {
    byte[] content = Blobs.noise(2, 3 * MIB);
    LargeValue value = write(content);
    Path first = Blobs.files(dir).chunk(ChunkTree.hash(0, content, 0, MIB));
    Path second = Blobs.files(dir).chunk(ChunkTree.hash(0, content, MIB, MIB));
    byte[] bytes = Files.readAllBytes(second);
    bytes[500]++;
    Files.write(second, bytes);
    LargeValue other = write(Arrays.copyOf(content, MIB + 1));
    Files.delete(first);
    BlobReport report = check(value, other, value);
    assertThat(report.missing()).isEqualTo(1);
    assertThat(report.damaged()).isEqualTo(1);
    assertThat(report.incomplete()).isEqualTo(2);
    assertThat(report.chunks()).isEqualTo(4);
    assertThat(report.isWhole()).isFalse();
    assertThat(findings)
        .extracting(BlobFinding::kind, BlobFinding::file)
        .containsExactly(
            tuple(BlobFinding.Kind.MISSING, first), tuple(BlobFinding.Kind.DAMAGED, second));
  }

  @Test
  void whatADamagedListListsIsUnknown() throws IOException {
    LargeValue value = write(Blobs.noise(3, 3 * MIB));
    Files.write(Blobs.files(dir).chunk(value.root()), new byte[] {1});
    BlobReport report = check(value);
    assertThat(report.damaged()).isEqualTo(1);
    assertThat(report.unreferenced()).isEqualTo(3);
  }

  @Test
  void aValueThatClaimsAnotherLengthIsFoundBesideTheOneItWasForgedFrom() {
    LargeValue value = write(Blobs.noise(4, 2 * MIB));
    LargeValue forged = new LargeValue(5 * MIB, value.root());
    assertThat(check(value, forged).damaged()).isEqualTo(1);
    assertThat(findings)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(BlobFinding.Kind.MISPLACED);
              assertThat(finding.value()).isEqualTo(forged);
            });
  }
}
