package dev.tidemark.storage.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a disk has of a directory: its names as of its last force, and what each of them names. */
final class ForgetfulDirectory implements Forgetful {
  /** RocksDB forces its files itself, not through the disk that is watched. */
  private static final String KEPT_BY_ITSELF = "state";

  private Path path;
  private boolean gone;
  private final Map<String, Forgetful> cached = new HashMap<>();
  private Map<String, Forgetful> saved = Map.of();

  ForgetfulDirectory(Path path) {
    this.path = path;
  }

  /** A directory that is on the disk as it is, with all that is in it. */
  static ForgetfulDirectory saved(Path path) throws IOException {
    ForgetfulDirectory directory = new ForgetfulDirectory(path);
    for (String name : names(path)) {
      Path inside = path.resolve(name);
      Forgetful begun = directory.named(name);
      if (begun instanceof ForgetfulFile) {
        directory.put(name, ForgetfulFile.saved(inside));
      } else if (begun instanceof ForgetfulDirectory) {
        directory.put(name, ForgetfulDirectory.saved(inside));
      }
    }
    directory.forced();
    return directory;
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Override
  public void moved(Path to) {
    path = to;
    cached.forEach((name, inside) -> inside.moved(to.resolve(name)));
  }

  @Override
  public void gone() {
    gone = true;
  }

  /** What a name stands for; names turn up that were not made through the disk. */
  Forgetful named(String name) {
    return cached.computeIfAbsent(name, this::begun);
  }

  private Forgetful begun(String name) {
    Path inside = path.resolve(name);
    if (!Files.isDirectory(inside)) {
      return new ForgetfulFile(inside);
    }
    return name.equals(KEPT_BY_ITSELF)
        ? new CopiedDirectory(inside)
        : new ForgetfulDirectory(inside);
  }

  void put(String name, Forgetful what) throws IOException {
    Path inside = path.resolve(name);
    what.moved(inside);
    // What was gathered elsewhere becomes RocksDB's: all of it must be on the disk by then.
    boolean handedOver = name.equals(KEPT_BY_ITSELF) && what.isSaved();
    cached.put(name, handedOver ? new CopiedDirectory(inside) : what);
  }

  @Override
  public boolean isSaved() throws IOException {
    look();
    if (!saved.equals(cached)) {
      return false;
    }
    for (Forgetful inside : cached.values()) {
      if (!inside.isSaved()) {
        return false;
      }
    }
    return true;
  }

  void remove(String name) {
    cached.remove(name);
  }

  /** A force of it has ended. */
  void forced() throws IOException {
    look();
    saved = Map.copyOf(cached);
  }

  private void look() throws IOException {
    if (!gone) {
      Set<String> names = names(path);
      cached.keySet().retainAll(names);
      names.forEach(this::named);
    }
  }

  @Override
  public void build(Path target, Chance chance) throws IOException {
    look();
    Files.createDirectory(target);
    Set<String> names = new TreeSet<>(saved.keySet());
    names.addAll(cached.keySet());
    for (String name : names) {
      Forgetful before = saved.get(name);
      Forgetful now = cached.get(name);
      Forgetful found = before != now && chance.isThere() ? now : before;
      if (found != null) {
        found.build(target.resolve(name), chance);
      }
    }
  }
}
