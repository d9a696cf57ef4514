/** Links over gRPC and Netty: listening, dialling, TLS and tokens. */
@NullMarked
package dev.tidemark.replication.transport;

import org.jspecify.annotations.NullMarked;
