package dev.tidemark.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.log.LogPlace;
import dev.tidemark.storage.state.OriginRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;

/** What is held by rank, and read back from the log, is what the join gives. */
class LoggedHeadsProperties {
  private static final Schema SCHEMA = Schema.of("set:", Strategy.OR_SET);

  private Path file;

  @AfterTry
  void deleteFile() throws IOException {
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }

  /** Few stamps and replicas: equal ranks, and equal versions with other values, are common. */
  @Property(tries = 200)
  void aGenerationThatRefersToTheLogReadsAsOneThatHoldsTheDeltas(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int commits) throws IOException {
    Random random = new Random(seed);
    List<Commit> log = new ArrayList<>();
    for (int i = 0; i < commits; i++) {
      log.add(commit(random));
    }
    Overlay held = new Overlay();
    Overlay referring = new Overlay();
    ByteWriter bytes = new ByteWriter();
    file = Files.createTempFile("heads", ".log");
    for (Commit commit : log) {
      // Whatever is looked at before, and whatever comes of it, nothing is changed by that.
      referring.bringIn(log.subList(random.nextInt(log.size()), log.size()));
      int at = bytes.length();
      CommitCodec.encode(commit.header(), commit.operations(), 0, bytes);
      Files.write(file, bytes.toByteArray());
      LogPlace place = new LogPlace(at / 200, file, at, bytes.length() - at);
      OriginRow row = new OriginRow(1, 1, 0, VersionVector.EMPTY);
      held.apply(commit, at + 1, null, row, 1);
      referring.apply(commit, at + 1, place, row, 1);
      if (random.nextInt(10) == 0) {
        held.freeze();
        referring.freeze();
      }
    }
    for (int k = 0; k < 4; k++) {
      for (Bytes key : List.of(register(k), set(k))) {
        assertThat(referring.runs(key, CellRange.ALL)).isEqualTo(held.runs(key, CellRange.ALL));
      }
    }
    held.freeze();
    referring.freeze();
    for (int i = 0; i < held.frozen().size(); i++) {
      assertThat(all(referring.frozen().get(i))).isEqualTo(all(held.frozen().get(i)));
      Bytes from = register(random.nextInt(4));
      assertThat(referring.frozen().get(i).ceiling(from))
          .isEqualTo(held.frozen().get(i).ceiling(from));
    }
    referring.close();
  }

  private static TreeMap<Bytes, KeyDelta> all(Generation generation) {
    TreeMap<Bytes, KeyDelta> all = new TreeMap<>();
    generation.forEach((namespace, key, delta) -> assertThat(all.put(key, delta)).isNull());
    return all;
  }

  private static Commit commit(Random random) {
    List<Operation> operations = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      boolean isSet = random.nextInt(4) == 0;
      Bytes key = isSet ? set(random.nextInt(4)) : register(random.nextInt(4));
      KeyDelta delta = isSet ? add(random) : KeyDelta.ofHead(cell(random));
      operations.add(new Operation(SCHEMA.of(key), key, delta));
    }
    return new Commit(
        new CommitHeader(1, 1, 1, operations.size(), VersionVector.EMPTY, 0), operations);
  }

  private static Bytes register(int n) {
    return Bytes.utf8("key:" + n);
  }

  private static Bytes set(int n) {
    return Bytes.utf8("set:" + n);
  }

  private static byte[] cell(Random random) {
    byte[] value = new byte[random.nextInt(200)];
    random.nextBytes(value);
    Version version = new Version(1 + random.nextInt(5), 1 + random.nextInt(2), 1);
    return VersionedCell.encode(version, random.nextInt(5) == 0 ? null : Bytes.wrap(value));
  }

  private static KeyDelta add(Random random) {
    var lattice = Strategy.OR_SET.lattice();
    return lattice.prepare(
        new Update.Add(Bytes.utf8("e" + random.nextInt(3))),
        KeyDelta.ofHead(lattice.bottom()),
        new OperationId(1, 1 + random.nextInt(9), 1));
  }

  /** Keys that differ late, early, by length or by zeros at the end, and have bytes above 0x7f. */
  @Property(tries = 200)
  void recordsAreFoundAndComeInTheOrderOfTheirKeys(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3_000) int most) {
    Random random = new Random(seed);
    HeadTable table = new HeadTable(new PagePool());
    TreeSet<Bytes> keys = new TreeSet<>();
    for (int i = 0; i < most; i++) {
      Bytes key = key(random);
      if (keys.add(key)) {
        assertThat(table.find(key, HeadTable.hash(key))).isEqualTo(HeadTable.NONE);
        table.add(key, HeadTable.hash(key), 300, keys.size(), -keys.size());
      }
      int record = table.find(key, HeadTable.hash(key));
      assertThat(table.key(record)).isEqualTo(key);
      table.replace(record, i, ~i);
      assertThat(table.rank(record)).isEqualTo(i);
      assertThat(table.reference(record)).isEqualTo(~i);
      assertThat(table.namespace(record)).isEqualTo(300);
    }
    assertThat(Arrays.stream(HeadOrder.of(table)).mapToObj(table::key))
        .containsExactlyElementsOf(keys);
  }

  private static Bytes key(Random random) {
    int prefix = random.nextInt(3) * 7;
    int length = 1 + prefix + random.nextInt(random.nextInt(50) == 0 ? 5_000 : 6);
    byte[] key = new byte[length];
    Arrays.fill(key, 0, prefix, (byte) 'p');
    for (int i = prefix; i < Math.min(length, prefix + 6); i++) {
      key[i] = (byte) new int[] {0, 0, 1, 0xff, 0x80, random.nextInt()}[random.nextInt(6)];
    }
    return Bytes.wrap(key);
  }
}
