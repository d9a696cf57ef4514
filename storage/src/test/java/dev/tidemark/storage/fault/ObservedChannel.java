package dev.tidemark.storage.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A channel of {@link ObservedFiles}: writes at offsets, cuts and forces are shown to it. */
final class ObservedChannel extends FileChannel {
  private final Path path;
  private final FileChannel channel;
  private final ObservedFiles disk;

  ObservedChannel(Path path, FileChannel channel, ObservedFiles disk) {
    this.path = path;
    this.channel = channel;
    this.disk = disk;
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    Call call = new Call(Call.Kind.WRITE, path);
    return disk.make(
        call,
        () -> {
          int taken = disk.taken(call, source.remaining());
          int written = channel.write(source.slice(source.position(), taken), position);
          source.position(source.position() + written);
          return written;
        });
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    return disk.make(
        new Call(Call.Kind.TRUNCATE, path),
        () -> {
          channel.truncate(size);
          return this;
        });
  }

  @Override
  public void force(boolean metaData) throws IOException {
    disk.make(new Call(Call.Kind.FORCE, path), () -> path);
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return channel.read(target, position);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public long position() throws IOException {
    return channel.position();
  }

  @Override
  protected void implCloseChannel() throws IOException {
    channel.close();
  }

  @Override
  public int write(ByteBuffer source) {
    throw unwatched();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw unwatched();
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw unwatched();
  }

  @Override
  public FileChannel position(long newPosition) {
    throw unwatched();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw unwatched();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw unwatched();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw unwatched();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw unwatched();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw unwatched();
  }

  /** A store that begins to write another way is found by this, and not by a proof with a hole. */
  private static UnsupportedOperationException unwatched() {
    return new UnsupportedOperationException("not shown to the watchers yet");
  }
}
