package dev.tidemark.damage;

import dev.tidemark.storage.file.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/** One seeded damage to one file, or directory, of a copy of a store. */
final class Damage {
  private static final int[] BLOCKS = {512, 4096, 65536};
  private static final int MAX_GARBAGE = 300;
  private static final int DATA_FILE_WEIGHT = 4;

  private final Template template;
  private final Path copy;
  private final Random random;

  private Damage(Template template, Path copy, long seed) {
    this.template = template;
    this.copy = copy;
    this.random = new Random(mixed(seed));
  }

  /** Ways to change the bytes of a file. */
  enum Kind {
    FLIP_BIT(Damage::flip),
    ZERO_BLOCK(Damage::zero),
    TRUNCATE((bytes, random) -> Arrays.copyOf(bytes, random.nextInt(bytes.length))),
    APPEND_GARBAGE(Damage::garbage),
    DUPLICATE_RANGE(Damage::duplicate),
    SWAP_PAGES(Damage::swap),
    OVERWRITE(Damage::overwrite),
    REMOVE(null),
    RENAME(null),
    DUPLICATE(null),
    OLDER(null),
    FOREIGN(null);

    private final BiFunction<byte[], Random, byte[]> change;

    Kind(BiFunction<byte[], Random, byte[]> change) {
      this.change = change;
    }
  }

  /** Damages the copy; says how. */
  static String apply(Template template, Path copy, long seed) {
    try {
      return new Damage(template, copy, seed).apply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Seeds that follow each other give a {@link Random} much the same first draw: for 1,500 damages
   * no data file of a store that was killed had been touched.
   */
  private static long mixed(long seed) {
    long h = seed * 0x9e3779b97f4a7c15L;
    h = (h ^ (h >>> 30)) * 0xbf58476d1ce4e5b9L;
    h = (h ^ (h >>> 27)) * 0x94d049bb133111ebL;
    return h ^ (h >>> 31);
  }

  private String apply() throws IOException {
    List<Path> all = Trees.below(copy);
    // Log, state and the few small files by turns: the state has the most files by far.
    String part = List.of("log", "log", "state", "").get(random.nextInt(4));
    List<Path> within =
        all.stream()
            .filter(
                path ->
                    part.isEmpty()
                        ? path.getParent().equals(copy)
                        : path.startsWith(copy.resolve(part)))
            .toList();
    List<Path> candidates = new ArrayList<>(within.isEmpty() ? all : within);
    for (Path path : List.copyOf(candidates)) {
      if (path.toString().endsWith(".cq4")) {
        // They are few, and have most to lose.
        candidates.addAll(Collections.nCopies(DATA_FILE_WEIGHT - 1, path));
      }
    }
    Path path = candidates.get(random.nextInt(candidates.size()));
    Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
    String what = kind + " " + copy.relativize(path);
    if (Files.isDirectory(path)) {
      return directory(path, kind);
    }
    return file(path, kind) ? what : remove(path);
  }

  private String directory(Path path, Kind kind) throws IOException {
    String name = copy.relativize(path).toString();
    if (kind == Kind.RENAME) {
      Files.move(path, path.resolveSibling(other(path)));
      return "RENAME directory " + name + " to " + other(path);
    } else if (kind == Kind.DUPLICATE) {
      Trees.copy(path, path.resolveSibling(other(path)));
      return "DUPLICATE directory " + name + " as " + other(path);
    }
    Trees.delete(path);
    return "REMOVE directory " + name;
  }

  /** A segment's name that follows, or any other name. */
  private static String other(Path path) {
    String name = path.getFileName().toString();
    return name.matches("\\d{16}")
        ? String.format("%016d", Long.parseLong(name) + 7)
        : name + "-other";
  }

  private boolean file(Path file, Kind kind) throws IOException {
    byte[] bytes = Trees.read(file);
    switch (kind) {
      case REMOVE -> {
        return false;
      }
      case RENAME -> Files.move(file, file.resolveSibling(file.getFileName() + "-other"));
      case DUPLICATE -> {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String end = dot < 0 ? "" : name.substring(dot);
        Trees.write(file.resolveSibling("1" + name.substring(1, Math.max(1, dot)) + end), bytes);
      }
      case OLDER -> {
        return replace(file, template.older());
      }
      case FOREIGN -> {
        return replace(file, template.foreign());
      }
      default -> {
        if (bytes.length == 0) {
          return false;
        }
        Trees.write(file, kind.change.apply(bytes, random));
      }
    }
    return true;
  }

  private boolean replace(Path file, Path by) {
    Path there = by.resolve(copy.relativize(file));
    if (!Files.isRegularFile(there)) {
      return false;
    }
    Trees.write(file, Trees.read(there));
    return true;
  }

  private String remove(Path file) throws IOException {
    Files.delete(file);
    return "REMOVE " + copy.relativize(file);
  }

  private static byte[] flip(byte[] bytes, Random random) {
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private static byte[] zero(byte[] bytes, Random random) {
    int block = BLOCKS[random.nextInt(BLOCKS.length)];
    int at = random.nextInt(bytes.length) / block * block;
    Arrays.fill(bytes, at, Math.min(bytes.length, at + block), (byte) 0);
    return bytes;
  }

  private static byte[] garbage(byte[] bytes, Random random) {
    byte[] garbage = new byte[1 + random.nextInt(MAX_GARBAGE)];
    random.nextBytes(garbage);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + garbage.length);
    System.arraycopy(garbage, 0, longer, bytes.length, garbage.length);
    return longer;
  }

  private static byte[] overwrite(byte[] bytes, Random random) {
    byte[] garbage = new byte[1 + random.nextInt(Math.min(MAX_GARBAGE, bytes.length))];
    random.nextBytes(garbage);
    System.arraycopy(
        garbage, 0, bytes, random.nextInt(bytes.length - garbage.length + 1), garbage.length);
    return bytes;
  }

  /** Bytes that are right, a second time, where they are not. */
  private static byte[] duplicate(byte[] bytes, Random random) {
    int length = 1 + random.nextInt(bytes.length);
    int from = random.nextInt(bytes.length - length + 1);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
    int rest = bytes.length - from - length;
    System.arraycopy(bytes, from, longer, from + length, length);
    System.arraycopy(bytes, from + length, longer, from + 2 * length, rest);
    return longer;
  }

  private static byte[] swap(byte[] bytes, Random random) {
    int page = Math.min(BLOCKS[random.nextInt(2)], Math.max(1, bytes.length / 2));
    int pages = bytes.length / page;
    int a = random.nextInt(pages) * page;
    int b = random.nextInt(pages) * page;
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, a, swapped, b, page);
    System.arraycopy(bytes, b, swapped, a, page);
    return swapped;
  }
}
