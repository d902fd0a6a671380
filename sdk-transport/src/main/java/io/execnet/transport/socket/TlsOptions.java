package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.spec.XSpec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What a spec says about TLS: {@code tls}, {@code tls_ca}, {@code tls_cert} and {@code tls_key}.
 */
final class TlsOptions {

  private TlsOptions() {}

  /**
   * The context that the spec asks for, with the host's name verified. Blocks: it reads files.
   *
   * @return empty where the spec asks for no TLS
   */
  static Optional<SslContext> context(XSpec spec) {
    return context(spec, SslContext.defaultClientProvider());
  }

  /** The same by one of the libraries that Netty knows. */
  static Optional<SslContext> context(XSpec spec, SslProvider provider) {
    if (!spec.has("tls") && !spec.has("tls_ca") && !spec.has("tls_cert") && !spec.has("tls_key")) {
      return Optional.empty();
    }
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(provider)
            .endpointIdentificationAlgorithm("HTTPS")
            .protocols("TLSv1.3", "TLSv1.2");
    file(spec, "tls_ca")
        .ifPresent(path -> load("tls_ca", path, () -> builder.trustManager(path.toFile())));
    file(spec, "tls_cert")
        .ifPresent(
            certificate -> {
              Path key = file(spec, "tls_key").orElseThrow();
              load(
                  "tls_cert",
                  certificate,
                  () -> builder.keyManager(certificate.toFile(), key.toFile()));
            });
    try {
      return Optional.of(builder.build());
    } catch (SSLException e) {
      throw failed("can't set up TLS: " + e.getMessage(), e);
    }
  }

  private static Optional<Path> file(XSpec spec, String key) {
    return spec.get(key)
        .map(
            path ->
                path.startsWith("~/")
                    ? Path.of(System.getProperty("user.home"), path.substring(2))
                    : Path.of(path));
  }

  private static void load(String key, Path path, Runnable loading) {
    try {
      loading.run();
    } catch (IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw failed("can't use " + key + "=" + path + ": " + cause, e);
    }
  }

  private static BootstrapException failed(String message, Exception cause) {
    return new BootstrapException(Reason.AUTHENTICATION_REFUSED, message, "", cause);
  }

  /** Says why the handshake failed, which is seldom in the first line. */
  static BootstrapException refused(String shown, Throwable error) {
    Throwable certificate = find(CertificateException.class, error);
    if (certificate != null) {
      return new BootstrapException(
          Reason.HOST_KEY_REFUSED,
          "the certificate of "
              + shown
              + " is not trusted: "
              + deepest(certificate).getMessage()
              + " (tls_ca= names the authority to trust)",
          "",
          error);
    }
    BootstrapException alert = clientRefused(shown, error);
    if (alert != null) {
      return alert;
    }
    boolean theirs = error instanceof SSLHandshakeException;
    return new BootstrapException(
        theirs ? Reason.HOST_KEY_REFUSED : Reason.UNEXPECTED_OUTPUT,
        "no TLS connection to " + shown + ": " + error.getMessage(),
        "",
        error);
  }

  /**
   * What a server's alert says, which with TLS 1.3 can come after the handshake.
   *
   * @return null where that is no alert
   */
  static @Nullable BootstrapException clientRefused(String shown, @Nullable Throwable error) {
    SSLException found = find(SSLException.class, error);
    if (found == null || !String.valueOf(found.getMessage()).contains("fatal alert")) {
      return null;
    }
    return new BootstrapException(
        Reason.AUTHENTICATION_REFUSED,
        shown
            + " refuses us: "
            + found.getMessage()
            + " (tls_cert= and tls_key= name a certificate that it may accept)",
        "",
        error);
  }

  private static <T extends Throwable> @Nullable T find(Class<T> type, @Nullable Throwable error) {
    Throwable next = error;
    while (next != null && !type.isInstance(next)) {
      next = next.getCause();
    }
    return next == null ? null : type.cast(next);
  }

  private static Throwable deepest(Throwable error) {
    Throwable last = error;
    while (last.getCause() != null && last.getCause().getMessage() != null) {
      last = last.getCause();
    }
    return last;
  }
}
