import { randomBytes } from 'node:crypto'
import { SGX_EXTENSION } from '../attestation/certificate.ts'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '../attestation/x509.ts'
import { encodeSgxExtension, type SgxExtensionFields } from './sgx-extension.ts'

export const ecdsaP256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

const pkiMembers = ['root', 'pckCa', 'tcbSigner', 'pck'] as const
export type PkiMember = (typeof pkiMembers)[number]

export interface Issued {
  readonly certificate: X509Certificate
  readonly keys: CryptoKeyPair
}

export type Pki = Readonly<Record<PkiMember, Issued>>

/** What a test wants different about one certificate. */
export interface CertificateChanges {
  readonly commonName?: string
  readonly issuer?: PkiMember
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly isCa?: boolean
  readonly keyUsages?: number
  readonly extensions?: readonly Extension[]
  /** Only the PCK certificate has an SGX extension. */
  readonly sgx?: Partial<SgxExtensionFields>
}

export type PkiChanges = Partial<Record<PkiMember, CertificateChanges>>

const caUsages = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
const leafUsages = KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation

interface Profile {
  readonly commonName: string
  readonly issuer: PkiMember
  readonly isCa: boolean
}

/** Intel's hierarchy under names that cannot be taken for Intel's. */
const profiles: Record<PkiMember, Profile> = {
  root: { commonName: 'Parley Simulator SGX Root CA', issuer: 'root', isCa: true },
  pckCa: { commonName: 'Parley Simulator SGX PCK Platform CA', issuer: 'root', isCa: true },
  tcbSigner: { commonName: 'Parley Simulator SGX TCB Signing', issuer: 'root', isCa: false },
  pck: { commonName: 'Parley Simulator SGX PCK Certificate', issuer: 'pckCa', isCa: false },
}

export async function createPki(changes: PkiChanges = {}): Promise<Pki> {
  const [root, pckCa, tcbSigner, pck] = await Promise.all([
    generateKeys(),
    generateKeys(),
    generateKeys(),
    generateKeys(),
  ])
  const keys: Record<PkiMember, CryptoKeyPair> = { root, pckCa, tcbSigner, pck }
  const nameOf = (member: PkiMember) => distinguishedName(changes[member]?.commonName ?? profiles[member].commonName)

  async function issue(member: PkiMember): Promise<Issued> {
    const change = changes[member] ?? {}
    const { issuer, isCa, keyUsages, notBefore, notAfter } = { ...defaultsOf(member), ...change }
    const certificate = await X509CertificateGenerator.create({
      serialNumber: randomSerial(),
      subject: nameOf(member),
      issuer: nameOf(issuer),
      notBefore,
      notAfter,
      signingAlgorithm: ecdsaP256,
      publicKey: keys[member].publicKey,
      signingKey: keys[issuer].privateKey,
      extensions: [
        new BasicConstraintsExtension(isCa, undefined, true),
        new KeyUsagesExtension(keyUsages ?? (isCa ? caUsages : leafUsages), true),
        await SubjectKeyIdentifierExtension.create(keys[member].publicKey),
        await AuthorityKeyIdentifierExtension.create(keys[issuer].publicKey),
        ...(member === 'pck'
          ? [new Extension(SGX_EXTENSION, false, new Uint8Array(encodeSgxExtension(change.sgx)))]
          : []),
        ...(change.extensions ?? []),
      ],
    })
    return { certificate, keys: keys[member] }
  }

  return {
    root: await issue('root'),
    pckCa: await issue('pckCa'),
    tcbSigner: await issue('tcbSigner'),
    pck: await issue('pck'),
  }
}

export interface StoredIssued {
  readonly certificate: string
  readonly privateKey: JsonWebKey
}

export async function storeIssued({ certificate, keys }: Issued): Promise<StoredIssued> {
  return { certificate: pemOf(certificate), privateKey: await crypto.subtle.exportKey('jwk', keys.privateKey) }
}

export async function restoreIssued(stored: StoredIssued): Promise<Issued> {
  const { d: _, ...publicJwk } = stored.privateKey
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', stored.privateKey, ecdsaP256, true, ['sign']),
    crypto.subtle.importKey('jwk', { ...publicJwk, key_ops: ['verify'] }, ecdsaP256, true, ['verify']),
  ])
  return { certificate: new X509Certificate(stored.certificate), keys: { privateKey, publicKey } }
}

export function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ecdsaP256, true, ['sign', 'verify'])
}

/** Raw r ‖ s, as quotes and collateral carry signatures. */
export async function sign(keys: CryptoKeyPair, bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign(ecdsaP256, keys.privateKey, new Uint8Array(bytes)))
}

export function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

function defaultsOf(member: PkiMember) {
  return {
    ...profiles[member],
    keyUsages: undefined,
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2049-12-31T23:59:59Z'),
  }
}

function distinguishedName(commonName: string): string {
  return `CN=${commonName}, O=Parley Simulator, C=XX`
}

/** 20 bytes, positive and without leading zeros in any encoding. */
function randomSerial(): string {
  const bytes = randomBytes(20)
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)
  return bytes.toString('hex')
}
