// The peer in Go: crypto/x509 on one core, from DER in memory to yes or no.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	next := func() string { lines.Scan(); return lines.Text() }
	seconds, _ := strconv.ParseInt(next(), 10, 64)
	name := next()
	read := func() [][]byte {
		count, _ := strconv.Atoi(next())
		found := make([][]byte, count)
		for number := range found {
			found[number], _ = hex.DecodeString(next())
		}
		return found
	}
	options := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(),
		DNSName: name, CurrentTime: time.Unix(seconds, 0),
	}
	for _, pool := range []*x509.CertPool{options.Roots, options.Intermediates} {
		for _, der := range read() {
			if certificate, err := x509.ParseCertificate(der); err == nil {
				pool.AddCert(certificate)
			}
		}
	}
	leaves := read()
	said := make([]string, len(leaves))
	start := used()
	for number, der := range leaves {
		said[number] = "0"
		if leaf, err := x509.ParseCertificate(der); err == nil {
			if _, err := leaf.Verify(options); err == nil {
				said[number] = "1"
			}
		}
	}
	fmt.Println(used()-start, strings.Join(said, ""))
}

// used returns the seconds of a core that this program has used.
func used() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}
