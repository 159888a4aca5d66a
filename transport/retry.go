package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
)

// retryableStatus reports whether a GET answered by status is worth repeating.
func retryableStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusConflict:
		// On a GET it can only be the concurrency limit.
		return true
	case http.StatusNotImplemented:
		return false
	}
	return status >= http.StatusInternalServerError
}

// retryableError reports whether an attempt without an answer is worth repeating. A GET
// may always be repeated, so it lists the errors that will be the same the next time.
// Resets, time-outs and cut bodies have too many forms to be listed.
func retryableError(err error) bool {
	return !isFinal(err) && !isMisconfigured(err)
}

// isFinal reports whether one of the client's own stages has decided.
func isFinal(err error) bool {
	var (
		throttled *ThrottledError
		tooLarge  *BodyTooLargeError
		token     *TokenError
	)
	return errors.As(err, &throttled) || errors.As(err, &tooLarge) || errors.As(err, &token) ||
		errors.Is(err, errForeignOrigin)
}

// isMisconfigured reports whether an error means a wrong address: a host that does not
// exist, a certificate that is not valid, a server without TLS.
func isMisconfigured(err error) bool {
	var (
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		invalid     x509.CertificateInvalidError
		record      tls.RecordHeaderError
	)
	if errors.As(err, &dns) {
		return dns.IsNotFound && !dns.IsTemporary
	}
	return errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &invalid) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch)
}
