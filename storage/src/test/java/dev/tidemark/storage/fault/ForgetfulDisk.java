package dev.tidemark.storage.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Knows what the disk has of a store: of each file the bytes as of its last force, of each
 * directory the names as of its last force. From that it builds what a power loss could leave, in
 * which all that was not forced is there or not, piece by piece. It lives as long as the page cache
 * does: over several openings of the store.
 */
public final class ForgetfulDisk implements Watcher {
  private final Path parent;
  private final ForgetfulDirectory root;
  private Content forcing = Content.EMPTY;

  private ForgetfulDisk(Path parent, ForgetfulDirectory root) {
    this.parent = parent;
    this.root = root;
  }

  /** Watches all that is in a directory, and takes what is there for saved. */
  public static ForgetfulDisk under(Path parent) throws IOException {
    return new ForgetfulDisk(parent, ForgetfulDirectory.saved(parent));
  }

  /** Builds what may be found if the power fails now, in a directory that is not there yet. */
  public void losePower(Path target, Chance chance) throws IOException {
    root.build(target, chance);
  }

  private ForgetfulDirectory directory(Path path) {
    ForgetfulDirectory directory = root;
    for (Path name : parent.relativize(path)) {
      if (!name.toString().isEmpty()) {
        directory = (ForgetfulDirectory) directory.named(name.toString());
      }
    }
    return directory;
  }

  private Forgetful at(Path path) {
    return directory(path.getParent()).named(name(path));
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private boolean isWatched(Path path) {
    return path.startsWith(parent);
  }

  @Override
  public void before(Call call) throws IOException {
    if (!isWatched(call.path())) {
      return;
    }
    switch (call.kind()) {
      case FORCE -> {
        if (Files.isRegularFile(call.path())) {
          // What comes in while the force runs may miss it.
          forcing = ((ForgetfulFile) at(call.path())).cached();
        }
      }
      case DELETE -> leave(call.path());
      case MOVE -> {
        at(call.from());
        leave(call.path());
      }
      default -> {}
    }
  }

  private void leave(Path path) throws IOException {
    if (Files.exists(path)) {
      at(path).gone();
    }
  }

  @Override
  public void after(Call call) throws IOException {
    if (!isWatched(call.path())) {
      return;
    }
    switch (call.kind()) {
      case OPEN -> {
        if (Files.isRegularFile(call.path()) && Files.size(call.path()) == 0) {
          ((ForgetfulFile) at(call.path())).emptied();
        }
      }
      case FORCE -> {
        if (Files.isDirectory(call.path())) {
          directory(call.path()).forced();
        } else {
          ((ForgetfulFile) at(call.path())).forced(forcing);
        }
      }
      case DELETE -> directory(call.path().getParent()).remove(name(call.path()));
      case MOVE -> {
        Forgetful moved = at(call.from());
        directory(call.from().getParent()).remove(name(call.from()));
        directory(call.path().getParent()).put(name(call.path()), moved);
      }
      default -> {}
    }
  }

  @Override
  public void failed(Call call) throws IOException {
    if (call.kind() == Call.Kind.FORCE && Files.isRegularFile(call.path())) {
      ForgetfulFile file = (ForgetfulFile) at(call.path());
      file.lost(file.cached());
    }
  }
}
