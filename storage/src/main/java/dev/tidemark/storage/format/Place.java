package dev.tidemark.storage.format;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Where a store lies: the machine, and the directory's inode on it. A directory that is renamed
 * keeps it; a copy, a restored backup and a move to another file system do not, and two copies must
 * never make operations under one replica id. Of a copy of the whole block device on a machine with
 * the same machine id it knows nothing: that is found by the peers.
 *
 * @param machine the first eight bytes of the SHA-256 of {@code /etc/machine-id}; 0 if there is
 *     none
 * @param inode the directory's inode; 0 where there are none
 */
public record Place(long machine, long inode) {
  private static final Path MACHINE_ID = Path.of("/etc/machine-id");

  /** The place of a directory. */
  public static Place of(Path directory) throws IOException {
    return new Place(machineHash(), inodeOf(directory));
  }

  private static long machineHash() {
    byte[] id;
    try {
      id = Files.readString(MACHINE_ID).strip().getBytes(StandardCharsets.UTF_8);
    } catch (IOException none) {
      return 0;
    }
    try {
      // Hashed: the id is meant to stay on the machine, a store may leave it.
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(id);
      return id.length == 0 ? 0 : new ByteReader(Arrays.copyOf(hash, Long.BYTES)).i64();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static long inodeOf(Path directory) throws IOException {
    try {
      return (Long) Files.getAttribute(directory, "unix:ino");
    } catch (UnsupportedOperationException | IllegalArgumentException notUnix) {
      return 0;
    }
  }

  void encode(ByteWriter out) {
    out.i64(machine).i64(inode);
  }

  static Place decode(ByteReader in) {
    return new Place(in.i64(), in.i64());
  }

  @Override
  public String toString() {
    return "machine " + HexFormat.of().toHexDigits(machine) + ", inode " + inode;
  }
}
