package dev.tidemark.benchmarks.baseline;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Bytes over one gRPC stream on loopback into a file: what any replication over gRPC costs at the
 * least. The other end writes what comes, forces the file when nothing more is here, or when 4 MiB
 * are not forced, and then says how much is.
 */
public final class RawStream implements AutoCloseable {
  private static final long FORCED_BYTES = 4 << 20;
  private static final int WINDOW = 8;
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
  private static final byte[] END = new byte[0];

  private static final MethodDescriptor<byte[], byte[]> METHOD =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName("raw", "stream"))
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private final BlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
  private final FileChannel file;
  private final Server server;
  private final ManagedChannel channel;
  private final ClientCall<byte[], byte[]> call;
  private final Thread writer;
  private volatile ServerCall<byte[], byte[]> receiving;
  private volatile long forced;
  private long sent;

  /** A stream into a new file. */
  @SuppressWarnings("NullAway.Init")
  public RawStream(Path path) throws IOException {
    this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    this.server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .directExecutor()
            .addService(
                ServerServiceDefinition.builder("raw").addMethod(METHOD, this::receive).build())
            .build()
            .start();
    this.channel =
        Grpc.newChannelBuilderForAddress(
                "localhost", server.getPort(), InsecureChannelCredentials.create())
            .directExecutor()
            .build();
    this.call = channel.newCall(METHOD, CallOptions.DEFAULT);
    this.writer = new Thread(this::write, "raw-stream-writer");
    writer.setDaemon(true);
    writer.start();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] acknowledged) {
            forced = ByteBuffer.wrap(acknowledged).getLong();
            call.request(1);
          }
        },
        new Metadata());
    call.request(1);
  }

  private ServerCall.Listener<byte[]> receive(ServerCall<byte[], byte[]> from, Metadata headers) {
    receiving = from;
    from.sendHeaders(new Metadata());
    from.request(WINDOW);
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(byte[] message) {
        arrived.add(message);
      }
    };
  }

  private void write() {
    long written = 0;
    long told = 0;
    try {
      for (byte[] next = arrived.take(); next.length > 0; next = arrived.take()) {
        for (ByteBuffer left = ByteBuffer.wrap(next); left.hasRemaining(); ) {
          written += file.write(left);
        }
        if (arrived.isEmpty() || written - told >= FORCED_BYTES) {
          file.force(false);
          told = written;
          receiving.sendMessage(ByteBuffer.allocate(Long.BYTES).putLong(told).array());
        }
        receiving.request(1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends some bytes, at least one. */
  public void send(byte[] bytes) {
    while (!call.isReady()) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    call.sendMessage(bytes);
    sent += bytes.length;
  }

  /** How many bytes are on the other end's disk, as far as it has told. */
  public long forced() {
    return forced;
  }

  /** Waits until all that was sent is. */
  public void awaitForced() {
    while (forced < sent) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    server.shutdownNow();
    arrived.add(END);
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }

  private record Bytes() implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw Status.INTERNAL.withCause(e).asRuntimeException();
      }
    }
  }
}
