package dev.tidemark.storage.state;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.RocksDBException;

/**
 * Keeps native memory from being used after it is freed, which would end the process: a native call
 * on a closed database, column family or iterator is not an exception but a segmentation fault.
 *
 * <p>Every native call holds the read side; freeing holds the write side and then refuses all calls
 * that come later. Handles given to callers are registered, so that closing the store frees them
 * too, and first. A visit holds the read side for as long as it runs: closing waits for it.
 */
final class Guard {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Set<Handle> handles = ConcurrentHashMap.newKeySet();
  private final String what;
  private final Path directory;
  private final Suspicion suspicion;
  private volatile boolean closed;
  private volatile Refusal refusal = this::closedForGood;

  Guard(String what, Path directory) {
    this(what, directory, Suspicion.NONE);
  }

  /** A guard that remembers when damage is met. */
  Guard(String what, Path directory, Suspicion suspicion) {
    this.what = what;
    this.directory = directory;
    this.suspicion = suspicion;
  }

  /** Runs a native call, or refuses it if what it would use is freed. */
  <T> T call(NativeCall<T> call) {
    lock.readLock().lock();
    try {
      requireOpen();
      return call.run();
    } catch (RocksDBException e) {
      TidemarkException failure = StateFailure.of(e, directory);
      if (failure instanceof DamagedException damage) {
        suspicion.raise(damage);
      }
      throw failure;
    } catch (DamagedException e) {
      suspicion.raise(e);
      throw e;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Runs a native call without a result. */
  void run(NativeAction action) {
    call(
        () -> {
          action.run();
          return Boolean.TRUE;
        });
  }

  /** Remembers a handle that must be freed before what this guards; call it inside a call. */
  void register(Handle handle) {
    handles.add(handle);
  }

  /** How many handles are lent out. */
  int handles() {
    return handles.size();
  }

  /** Frees a registered handle; nothing happens if closing has freed it already. */
  void release(Handle handle) {
    lock.readLock().lock();
    try {
      if (!closed && handles.contains(handle)) {
        handle.free();
        handles.remove(handle);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Whether this thread is in a call. */
  boolean isInside() {
    return lock.getReadHoldCount() > 0;
  }

  /** Refuses to close from inside a visit, which would wait for itself. */
  void requireClosable() {
    if (isInside()) {
      throw closedFromInside(what);
    }
  }

  /** What a close from inside a visit is told. */
  static IllegalStateException closedFromInside(String what) {
    return Problem.of(what + " is closed from inside one of its own visits")
        .advise("end the visit first")
        .illegalState();
  }

  /** Waits for running calls, refuses later ones, frees the handles, then the rest; once. */
  void close(Runnable free) {
    close(free, this::closedForGood);
  }

  /** The same, with another reason to give to those who come later. */
  void close(Runnable free, Refusal reason) {
    requireClosable();
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        refusal = reason;
        handles.forEach(Handle::free);
        handles.clear();
        free.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Gives another reason from now on. */
  void refuse(Refusal reason) {
    refusal = reason;
  }

  /** Whether every call is refused. */
  boolean isClosed() {
    return closed;
  }

  /** Refuses what would be refused at the first native call. */
  void requireOpen() {
    if (closed) {
      throw refusal.failure();
    }
  }

  private IllegalStateException closedForGood() {
    return Problem.of(what + " is closed")
        .with("directory", directory)
        .advise("open it again; nothing obtained from it can be used any more")
        .illegalState();
  }

  /** Why calls are refused once it is closed. */
  @FunctionalInterface
  interface Refusal {
    RuntimeException failure();
  }

  /** A call into RocksDB. */
  @FunctionalInterface
  interface NativeCall<T> {
    T run() throws RocksDBException;
  }

  /** A call into RocksDB without a result. */
  @FunctionalInterface
  interface NativeAction {
    void run() throws RocksDBException;
  }

  /** Native memory lent to a caller. */
  interface Handle {
    /** Frees it, unless that is done; waits until it is not in use. */
    void free();
  }
}
