package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"
)

// retryableStatus reports whether a request answered by status is worth repeating.
func retryableStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusConflict:
		// On a request that only reads it can only be the concurrency limit.
		return true
	case http.StatusNotImplemented:
		return false
	}
	return status >= http.StatusInternalServerError
}

// retryableError reports whether an attempt without an answer is worth repeating. What
// only reads may always be repeated, so it lists the errors that will be the same the next time.
// Resets, time-outs and cut bodies have too many forms to be listed. A host that does not
// exist may be one whose network is gone for now, but not before anything has answered.
func (c *Client) retryableError(err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound && !dns.IsTemporary {
		return c.outageLimit(err) == c.maxOutage
	}
	return !isFinal(err) && !isMisconfigured(err)
}

// outageLimit returns how long failures like err are waited for; nil is a refusal.
func (c *Client) outageLimit(err error) time.Duration {
	if err != nil && !c.outage.answered.Load() && isUnreachable(err) {
		return c.firstOutage
	}
	return c.maxOutage
}

// isFinal reports whether one of the client's own stages has decided.
func isFinal(err error) bool {
	var (
		throttled *ThrottledError
		tooLarge  *BodyTooLargeError
		token     *TokenError
		option    *OptionError
		unsigned  *SignError
	)
	return errors.As(err, &throttled) || errors.As(err, &tooLarge) || errors.As(err, &token) || errors.As(err, &option) ||
		errors.As(err, &unsigned) ||
		errors.Is(err, errForeignOrigin)
}

// isMisconfigured reports whether an error means a wrong address: a certificate that is
// not valid, a server without TLS.
func isMisconfigured(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		invalid     x509.CertificateInvalidError
		record      tls.RecordHeaderError
	)
	return errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &invalid) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch)
}
