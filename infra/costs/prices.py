"""List prices of us-east-1 in US dollars: on demand, without free tiers, discounts and taxes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """Dollars for one unit of something."""

    dollars: float
    unit: str


PRICES = {
    "Fargate vCPU": Price(0.04048, "vCPU hour (Linux, x86)"),
    "Fargate memory": Price(0.004445, "GB hour"),
    "Load balancer": Price(0.0225, "hour"),
    "Load balancer capacity": Price(0.008, "LCU hour"),
    "NAT gateway": Price(0.045, "hour"),
    "NAT gateway data": Price(0.045, "GB"),
    "Public IPv4 address": Price(0.005, "hour"),
    "db.t4g.small": Price(0.032, "hour, one zone"),
    "db.t4g.medium": Price(0.065, "hour, one zone"),
    "db.m7g.large": Price(0.168, "hour, one zone"),
    "db.r7g.xlarge": Price(0.478, "hour, one zone"),
    "db.r7g.2xlarge": Price(0.956, "hour, one zone"),
    "Database storage (gp3)": Price(0.115, "GB month, one zone"),
    "Backup storage": Price(0.095, "GB month above what is bought as storage"),
    "S3 Standard": Price(0.023, "GB month"),
    "S3 Standard-IA": Price(0.0125, "GB month"),
    "S3 Glacier Instant Retrieval": Price(0.004, "GB month"),
    "S3 writes": Price(0.005 / 1000, "PUT or LIST"),
    "S3 reads": Price(0.0004 / 1000, "GET"),
    "S3 moves to IA": Price(0.01 / 1000, "object"),
    "SQS": Price(0.40 / 1e6, "request"),
    "Logs taken in": Price(0.50, "GB"),
    "Logs kept": Price(0.03, "GB month"),
    "CloudWatch metric": Price(0.30, "metric month"),
    "CloudWatch alarm": Price(0.10, "alarm month"),
    "CloudWatch dashboard": Price(3.00, "dashboard month"),
    "X-Ray trace": Price(5.00 / 1e6, "trace"),
    "Secret": Price(0.40, "secret month"),
    "KMS key": Price(1.00, "key month"),
    "Images (ECR)": Price(0.10, "GB month"),
    "Data to the internet": Price(0.09, "GB"),
    "Data between zones": Price(0.02, "GB, both ends"),
    "Lambda": Price(0.0000166667, "GB second (x86)"),
    "Lambda request": Price(0.20 / 1e6, "request"),
}
