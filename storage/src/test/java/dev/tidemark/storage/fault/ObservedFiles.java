package dev.tidemark.storage.fault;

import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk all of whose calls are shown to watchers, which may fail them. What is forced is not
 * forced for real: the watchers know what would be, and the slow part is left out.
 */
public final class ObservedFiles extends DurableFiles {
  private final List<Watcher> watchers;

  /** A disk with watchers, who are told in this order. */
  public ObservedFiles(Watcher... watchers) {
    this.watchers = List.of(watchers);
  }

  /** Something a disk does. */
  public interface Action<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** Does something while no call is made. */
  public synchronized <T> T still(Action<T> action) throws IOException {
    return action.run();
  }

  /** Shows a call to the watchers and makes it, unless one of them fails it. */
  synchronized <T> T make(Call call, Action<T> action) throws IOException {
    try {
      for (Watcher watcher : watchers) {
        watcher.before(call);
      }
      T result = action.run();
      for (Watcher watcher : watchers) {
        watcher.after(call);
      }
      return result;
    } catch (IOException failure) {
      for (Watcher watcher : watchers) {
        watcher.failed(call);
      }
      throw failure;
    }
  }

  /** How many bytes of a write are taken. */
  int taken(Call call, int bytes) {
    int least = bytes;
    for (Watcher watcher : watchers) {
      least = Math.min(least, watcher.taken(call, bytes));
    }
    return least;
  }

  @Override
  public FileChannel open(Path file, OpenOption... options) throws IOException {
    return make(
        new Call(Call.Kind.OPEN, file),
        () -> new ObservedChannel(file, super.open(file, options), this));
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    make(
        new Call(Call.Kind.MAKE_DIRECTORY, directory),
        () -> {
          super.makeDirectory(directory);
          return directory;
        });
  }

  @Override
  protected void rename(Path from, Path to) throws IOException {
    make(
        new Call(Call.Kind.MOVE, to, from),
        () -> {
          super.rename(from, to);
          return to;
        });
  }

  @Override
  public void delete(Path file) throws IOException {
    make(
        new Call(Call.Kind.DELETE, file),
        () -> {
          super.delete(file);
          return file;
        });
  }
}
