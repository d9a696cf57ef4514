package dev.tidemark.benchmarks.peer;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** SQLite with a write-ahead log that is forced at checkpoints: a transaction a put. */
final class SqliteBlobs implements BlobStore {
  private final Connection connection;
  private final PreparedStatement select;
  private final PreparedStatement replace;

  SqliteBlobs(Path directory) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("blobs.db"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = NORMAL");
      statement.execute("CREATE TABLE blobs (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID");
    }
    select = connection.prepareStatement("SELECT value FROM blobs WHERE key = ?");
    replace = connection.prepareStatement("INSERT OR REPLACE INTO blobs VALUES (?, ?)");
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    try {
      select.setBytes(1, key);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getBytes(1) : null;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void put(byte[] key, byte[] value) {
    try {
      replace.setBytes(1, key);
      replace.setBytes(2, value);
      replace.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try (connection;
        select;
        replace) {
      // Closed in the opposite order.
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
